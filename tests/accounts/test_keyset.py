import base64
import datetime
import itertools
import json

import pytest
from django.db.models import IntegerField

from accounts.keyset import KeysetRefused, Sort, counted, keyset_page, sort_of
from accounts.models import Account
from pipeline.models import Lead
from pipeline.models.lead import RANK

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
SORTS = [
    Sort("score", down=True, id_down=False),
    Sort("score"),
    Sort("created_at"),
    Sort("created_at", down=True),
    Sort("name"),
    Sort("account__name"),
    Sort("account__name", down=True),
    Sort("rank", down=True, id_down=False, kind=IntegerField()),
    Sort("created_on", down=True, known=True),
]


@pytest.fixture
def leads(db):
    accounts = [Account.objects.create(name=name) for name in ("Beech", "Ash")] + [None]
    for number in range(23):
        at = NOW - datetime.timedelta(hours=number // 3)
        Lead.objects.create(
            name=f"Lead {number % 4}", score=[None, 5, 9][number % 3], account=accounts[number % 3], created_at=at,
            created_on=at.date(),
        )  # fmt: skip
    return Lead.objects.annotate(rank=RANK)


def everything(leads, sort):
    """All rows forwards, page by page, and the tokens that led back from each page."""
    pages, after = [], ""
    while True:
        page = keyset_page(leads.select_related("account"), sort, after=after, size=5)
        pages.append(page)
        if not page.after:
            return pages
        after = page.after


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_row_once_and_lead_back(leads, sort):
    pages = everything(leads, sort)
    found = [row.pk for page in pages for row in page.rows]
    whole = keyset_page(leads, sort, size=100)
    assert found == [row.pk for row in whole.rows]
    assert len(found) == 23
    for earlier, later in itertools.pairwise(pages):
        back = keyset_page(leads.select_related("account"), sort, before=later.before, size=5)
        assert [row.pk for row in back.rows] == [row.pk for row in earlier.rows]
    assert (pages[0].before, pages[-1].after) == ("", "")


def test_unknown_values_come_last_whichever_way(leads):
    for sort in (Sort("score"), Sort("score", down=True)):
        scores = [row.score for row in keyset_page(leads, sort, size=100).rows]
        assert scores.index(None) == 15


def test_a_row_added_meanwhile_moves_no_page(leads):
    first = keyset_page(leads, Sort("created_at", down=True), size=5)
    Lead.objects.create(name="Newest", created_at=NOW, created_on=NOW.date())
    second = keyset_page(leads, Sort("created_at", down=True), after=first.after, size=5)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("content", [None, [1], [None, -1], ["x", 1], ["\0", 1], [1, 10**22], {}, ["2026-11-20", True]])
def test_a_made_up_token_is_refused(leads, content):
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    for text in (token, "x", "%%%", token[1:]):
        with pytest.raises(KeysetRefused):
            keyset_page(leads, Sort("created_at"), after=text)


def test_an_unknown_sort_names_the_possible_ones():
    with pytest.raises(KeysetRefused, match="Possible are: name"):
        sort_of({"name": Sort("name")}, "password")


def test_counting_stops(leads, monkeypatch):
    assert counted(leads) == (23, True)
    monkeypatch.setattr("accounts.keyset.COUNTED_TO", 10)
    assert counted(leads) == (10, False)
