"""The collector of garbage, at rest while many small objects are made that all stay for a while."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_resting = 0


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cycles of objects: it would look at all that stays again and again. Threads may overlap."""
    global _resting
    with _lock:
        _resting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting:
                gc.enable()
