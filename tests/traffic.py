"""What the live server is still answering: pages fetch things behind a test's back."""

import threading
from typing import Any

from django.core.signals import request_finished, request_started


class Traffic:
    """Counts the requests under way in this process."""

    def __init__(self) -> None:
        self._under_way = 0
        self._changed = threading.Condition()
        request_started.connect(self._start)
        request_finished.connect(self._finish)

    def _start(self, **_about: Any) -> None:
        with self._changed:
            self._under_way += 1

    def _finish(self, **_about: Any) -> None:
        with self._changed:
            self._under_way = max(self._under_way - 1, 0)
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Until nothing is under way, ``seconds`` at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, seconds)
            self._under_way = 0
