import pytest

from accounts.models import User
from accounts.roles import Role


@pytest.fixture
def person(db):
    """Makes a user of a role."""

    def make(role: str = Role.REP, **fields: object) -> User:
        email = fields.pop("email", f"{role}@company.example")
        return User.objects.create_user(email, "a long passphrase", name=role.title(), role=role, **fields)

    return make
