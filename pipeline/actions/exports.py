"""Exports of this app are noted by ``accounts.actions.exports``."""

from accounts.actions.exports import note_export

__all__ = ["note_export"]
