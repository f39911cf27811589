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


@pytest.fixture
def visit(browser, live_server, client):
    """Opens a page in a browser of its own: ``visit(address, user=…, width=…)``; what it logs is in ``.heard``."""
    contexts = []

    def open_page(address: str, *, user: User | None = None, width: int = 1280, **options: object):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if user:
            client.force_login(user)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.heard = []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
