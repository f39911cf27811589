"""What an action may refuse, for pages, API and commands to translate."""

from django.utils.translation import gettext as _


class ActionRefused(Exception):
    """The rules forbid it; the message tells a user what is allowed, ``field`` which input to mend."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(ActionRefused):
    """The record is visible, but this user may not change it."""


class StaleVersion(ActionRefused):
    """Somebody else saved the record meanwhile; ``current`` is what it is now."""

    def __init__(self, current: object) -> None:
        super().__init__(_("Somebody changed this record meanwhile. Look at the new values and save again."), "version")
        self.current = current
