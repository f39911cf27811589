"""Shared set-up: which tests this machine can run, and a closing word on those that it cannot."""

import os
import shutil
import time
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.cast import Cast, make_cast
from tests.metrics.night.own_database import untouched
from tests.traffic import Traffic

TRAFFIC = Traffic()
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PUBLIC_DATA = Path(os.environ.get("PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))
NEEDS = {
    "browser": (Path(CHROMIUM).exists(), "a Chromium on this machine"),
    "postgresql": (os.environ.get("DATABASE_URL", "").startswith("postgres"), "DATABASE_URL=postgres://…"),
    "redis": (bool(os.environ.get("REDIS_URL")), "REDIS_URL=redis://…"),
    "data": (PUBLIC_DATA.is_dir(), "the public data sets beside the checkout (or PUBLIC_DATA=their folder)"),
    "pango": (bool(find_library("pangoft2-1.0") and find_library("harfbuzz-subset")), "Pango, which sets the PDFs"),
    "gettext": (bool(shutil.which("xgettext")), "GNU gettext, which finds the words to translate"),
    "node": (bool(shutil.which("node")), "Node.js on this machine"),
}

ON_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
"""Fixtures of which a test on the database asks for at least one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out the tests whose marker names something that is not here; the summary says so.

    And those marked ``long``, each a larger form of one that stays, unless ``-m long`` asks for them: `make prove`.
    What touches no database of the run is marked ``pure``, so that it need not be tried on each of them.
    """
    for item in items:
        if not ON_DATABASE.intersection(getattr(item, "fixturenames", ())) and not item.get_closest_marker("django_db"):
            item.add_marker("pure")
    absent = [name for name, (present, _what) in NEEDS.items() if not present]
    if "long" not in config.getoption("markexpr"):
        absent.append("long")
    items[:] = [item for item in items if not any(item.get_closest_marker(name) for name in absent)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    engine = "PostgreSQL" if NEEDS["postgresql"][0] else "SQLite"
    terminalreporter.write_line(f"Database: {engine}. Redis: {'yes' if NEEDS['redis'][0] else 'no'}.")
    for name, (present, what) in NEEDS.items():
        if not present:
            terminalreporter.write_line(f"Not covered: tests marked {name!r}, which need {what}.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Without a table that the library of tokens makes and our own model replaces: PostgreSQL could not be emptied.

    On PostgreSQL an untouched copy beside it, for tests that make databases of their own: it can be copied at any time,
    the test database only while no server thread of a browser test is connected to it.
    """
    name = connection.settings_dict["NAME"]
    if connection.vendor != "postgresql" or not name.startswith("test_"):
        yield
        return
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS knox_authtoken")
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{untouched(name)}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{untouched(name)}" TEMPLATE "{name}"')
    yield
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{untouched(name)}" WITH (FORCE)')


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let the server finish before the tables are emptied: a request under way would hold locks on them."""
    browser = getattr(item, "funcargs", {}).get("browser")
    if browser is None:
        return
    for context in list(browser.contexts):
        context.close()
    time.sleep(0.05)  # what the browser sent last is in the server's hands by now
    TRAFFIC.wait(5)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Leave no language behind: a request in German would have the next test read German."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Debian's browser; for ``playwright.chromium.launch(executable_path=…)``."""
    return CHROMIUM


@pytest.fixture(scope="session")
def browser(chromium_path):
    """A browser for tests marked ``browser``; they also need ``live_server``."""
    from playwright.sync_api import sync_playwright

    quiet = ["gpu", "quic", "background-networking", "component-update", "sync"]
    arguments = ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
    # Playwright runs an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser, live_server):
    """Opens a page in a browser of its own: ``visit(address, user=…, width=…)``; what it logs is in ``.heard``."""
    contexts = []

    def open_page(address: str, *, user: User | None = None, width: int = 1280, **options: object):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if user:
            client = Client()  # one for each: somebody else who signed in on the same one would sign this one out
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


@pytest.fixture(params=[False, True], ids=["at a desk", "on a phone"])
def walk(request, visit):
    """``visit`` at a desk and again on a phone. ``page.press(what)`` clicks or taps; ``page.follow(what)`` also waits
    for the page that comes of it, and holds it to not scrolling sideways.
    """
    phone = {"width": 360, "has_touch": True, "is_mobile": True} if request.param else {}

    def open_page(address: str, **options: object):
        page = visit(address, **phone, **options)

        def press(what: object) -> None:
            found = page.locator(what) if isinstance(what, str) else what
            found.tap() if request.param else found.click()

        def follow(what: object) -> None:
            with page.expect_navigation():
                press(what)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url

        page.press, page.follow, page.is_phone = press, follow, request.param
        return page

    return open_page


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the tests and what they own."""
    return make_cast()


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of real public data sets; they are not ours to keep here."""
    return PUBLIC_DATA
