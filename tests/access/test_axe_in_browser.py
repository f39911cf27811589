"""Axe on every page of the access table, each as the first role that may see it.

At a desk in the light everything of WCAG 2.2 AA; by touch on a phone in the dark what depends on that: contrast, the
size of targets, and whether the page scrolls sideways.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.access.addresses import all_addresses
from tests.access.belongings import make_kinds
from tests.access.table import row_of
from tests.access.test_matrix import NO_KIND
from tests.salestracker.test_statement_counts import QUERIES

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.django_db(transaction=True)]
ROLES = ("rep", "manager", "leader", "admin")
DESK = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
PHONE = {"runOnly": ["color-contrast", "target-size"], "resultTypes": ["violations"]}
NO_PAGES = {
    "metrics:metric_csv", "metrics:statement_workbook", "metrics:statement_pdf", "pipeline:import_errors",  # files
    "pipeline:search_suggestions",  # options for a field
}  # fmt: skip


def pages() -> Iterator[str]:
    """The addresses of our own pages."""
    for name, _address in all_addresses().items():
        row = row_of(name)
        if (
            row
            and row.opens
            and "GET" in row.verbs
            and not row.foreign
            and not name.startswith("api:")
            and name not in NO_PAGES
        ):
            yield name


def visits(kinds) -> dict[str, list[str]]:
    """Each page once, by the role that looks at it."""
    found, addresses = defaultdict(list), all_addresses()
    for name in pages():
        row = row_of(name)
        people = [who for who in ROLES if who in row.opens and who not in row.nothing_for]
        kind = kinds.get(row.names, NO_KIND)
        if addresses[name].names_record:
            who, whose = next(
                (who, whose)
                for who, whose in product(people, kind.pks)
                if who in kind.seen_by[whose] and (not row.edits or (whose, who) not in kind.read_only)
            )
            found[who].append(addresses[name].path(kind.pks[whose]))
        else:
            found[people[0]].append(addresses[name].path() + QUERIES.get(name, ""))
    return found


def findings(page, touch) -> list[tuple[str, str, str]]:
    """What axe says of the open page, at a desk and by touch on a phone: address, rule, element."""
    touch(False)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    said = Axe().run(page, options=DESK).response["violations"]
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    touch(True)
    said += page.evaluate("rules => axe.run(rules)", PHONE)["violations"]
    found = [(page.url, one["id"], node["html"]) for one in said for node in one["nodes"]]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*found, (page.url, "wider than the screen", "")] if wide else found


@pytest.mark.parametrize("role", ROLES)
def test_axe_finds_nothing_on_any_page(visit, live_server, cast, role):
    paths = visits(make_kinds(cast))[role]
    page, found = visit("/", user=getattr(cast, role), reduced_motion="reduce"), []
    session = page.context.new_cdp_session(page)

    def touch(on: bool) -> None:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": on})

    for path in paths:
        assert (path, page.goto(live_server.url + path).status) == (path, 200)
        found += findings(page, touch)
    assert paths
    assert found == []
