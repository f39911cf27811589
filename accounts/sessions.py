"""Sessions of a user, ended at once wherever they are open."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.models import User


def end_sessions(user: User) -> int:
    """Sign the user out everywhere; how many sessions that were."""
    own = [row.pk for row in Session.objects.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    UserSession.objects.filter(user=user).delete()
    Session.objects.filter(pk__in=own).delete()
    return len(own)
