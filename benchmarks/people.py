"""Who asks: of every role one person who has much to see."""

from django.db.models import Count
from django.test import Client

from accounts.models import User
from accounts.roles import Role

SERVER = "127.0.0.1"


def busiest(role: str) -> User:
    """Of reps the one with the most deals, of managers the one with the most reps, else the first."""
    users = User.objects.filter(role=role, is_active=True)
    if role == Role.REP:
        return users.annotate(much=Count("rep__deals")).order_by("-much", "pk")[0]
    if role == Role.MANAGER:
        return users.annotate(much=Count("managed_teams__reps")).order_by("-much", "pk")[0]
    return users.order_by("pk")[0]


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME=SERVER)
    client.force_login(user)
    return client
