"""Whoever may ask for all scopes."""

from types import SimpleNamespace

from accounts.roles import Role


def everyone() -> SimpleNamespace:
    """A new one for each question: what a request has read of teams and reps is kept on its user."""
    return SimpleNamespace(role=Role.ADMIN, pk=0)
