"""Deals as they were: list, board and page of an earlier day, worked by hand; who sees them is decided today."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from pipeline.actions.activities import complete_activity, log_activity
from pipeline.actions.deals import assign_deal, change_deal, create_deal
from pipeline.actions.outcomes import move_deal, win_deal
from pipeline.models import Deal, Stage
from tests.cast import NOW
from tests.pipeline.statements import statements_of

pytestmark = pytest.mark.django_db
LIST, BOARD = reverse("pipeline:deal_list"), reverse("pipeline:board")


def at(month: int, day: int) -> datetime.datetime:
    return datetime.datetime(2026, month, day, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deal(cast) -> Deal:
    """Opened on 1 September at 1,000; 1,500 and the second stage from 15 September; won on 10 October at 1,800."""
    deal = create_deal(
        by=cast.rep, now=at(9, 1), name="Then", owner=cast.reps["rep"], amount=Decimal(1000),
        expected_close_on=datetime.date(2026, 9, 30),
    )  # fmt: skip
    second = Stage.objects.filter(outcome="open").order_by("position")[1]
    deal = change_deal(deal=deal, by=cast.rep, now=at(9, 15), amount=Decimal(1500))
    deal = move_deal(deal=deal, stage=second, by=cast.rep, now=at(9, 15))
    return win_deal(deal=deal, by=cast.rep, now=at(10, 10), amount=Decimal(1800))


def page(client, user, url):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()[-1500:]
    return response


def text(response) -> str:
    return " ".join(response.content.decode().split())


def shown(response) -> list[tuple[str, str, Decimal]]:
    return [(deal.name, deal.stage.name, deal.amount) for deal in response.context["rows"]]


def test_the_list_of_a_day_shows_the_state_of_that_day(client, cast, deal):
    first, second = Stage.objects.filter(outcome="open").order_by("position")[:2]
    assert shown(page(client, cast.leader, f"{LIST}?as_of=2026-08-31")) == []
    assert shown(page(client, cast.leader, f"{LIST}?as_of=2026-09-01")) == [("Then", first.name, 1000)]
    assert shown(page(client, cast.leader, f"{LIST}?as_of=2026-09-14")) == [("Then", first.name, 1000)]
    assert shown(page(client, cast.leader, f"{LIST}?as_of=2026-09-15")) == [("Then", second.name, 1500)]
    assert shown(page(client, cast.leader, f"{LIST}?as_of=2026-10-10")) == []
    won = page(client, cast.leader, f"{LIST}?as_of=2026-10-10&outcome=won")
    assert [(deal.outcome, deal.amount) for deal in won.context["rows"]] == [("won", 1800)]
    assert won.context["sum"] == 1800


def test_it_says_so_and_offers_no_way_to_write(client, cast, deal):
    answer = text(page(client, cast.rep, f"{LIST}?as_of=2026-09-20"))
    assert "You are looking at 20 Sept 2026. Nothing here can be edited." in answer
    assert "Back to now" in answer
    main = answer.split("<main", 1)[1].split("</main>", 1)[0]
    assert reverse("pipeline:deal_create") not in main
    assert f"/deals/{deal.pk}/?as_of=2026-09-20" in main
    assert f"{BOARD}?as_of=2026-09-20" in main
    assert 'method="post"' not in main


def test_the_file_holds_the_same_rows(client, cast, deal):
    response = page(client, cast.leader, f"{LIST}?as_of=2026-09-20&format=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert (row["name"], row["amount"], row["outcome"], row["closed_at"]) == ("Then", "1500.00", "open", "")


def test_what_was_known_on_a_day(client, cast, deal):
    """The amount of 1 September was corrected on 12 November: looked at with October's knowledge it is still 1,800."""
    change_deal(deal=deal, by=cast.rep, now=at(11, 12), amount=Decimal(2000))
    now = page(client, cast.leader, f"{LIST}?as_of=2026-11-01&outcome=won")
    then = page(client, cast.leader, f"{LIST}?as_of=2026-11-01&known_on=2026-11-01&outcome=won")
    assert [row.amount for row in now.context["rows"]] == [2000]
    assert [row.amount for row in then.context["rows"]] == [1800]
    assert "with what was known on 1 Nov 2026" in text(then)


def test_the_board_of_a_day(client, cast, deal):
    first, second = Stage.objects.filter(outcome="open").order_by("position")[:2]
    response = page(client, cast.leader, f"{BOARD}?as_of=2026-09-10")
    lanes = {lane.stage.pk: lane for lane in response.context["lanes"]}
    assert (lanes[first.pk].total.count, lanes[first.pk].amount) == (1, 1000)
    assert lanes[first.pk].weighted == 1000 * Decimal(first.probability_bp) / 10_000
    assert [card.days for card in lanes[first.pk].cards] == [9]
    assert f"/deals/{deal.pk}/?as_of=2026-09-10" in text(response)
    response = page(client, cast.leader, f"{BOARD}?as_of=2026-09-20")
    lanes = {lane.stage.pk: lane for lane in response.context["lanes"]}
    assert (lanes[second.pk].total.count, lanes[second.pk].amount) == (1, 1500)
    assert response.context["total"].count == 1
    main = text(response).split("<main", 1)[1].split("</main>", 1)[0]
    assert 'method="post"' not in main
    assert "data-move" not in main


def test_the_page_of_a_deal_on_a_day(client, cast, deal):
    first = Stage.objects.filter(outcome="open").order_by("position").first()
    url = f"{deal.get_absolute_url()}?as_of="
    response = page(client, cast.rep, f"{url}2026-09-10")
    seen = response.context["deal"]
    assert (seen.amount, seen.stage, seen.outcome, seen.closed_at) == (1000, first, "open", None)
    assert [(step.stage, step.days) for step in response.context["path"] if step.is_current] == [(first, 9)]
    assert [entry.title for entry in response.context["entries"]] == ["Opened"]
    main = text(response).split("<main", 1)[1].split("</main>", 1)[0]
    assert 'method="post"' not in main
    assert "/edit/" not in main
    closed = page(client, cast.rep, f"{url}2026-10-10").context["deal"]
    assert (closed.amount, closed.outcome) == (1800, "won")
    assert "Not there yet" in text(page(client, cast.rep, f"{url}2026-08-31"))


def test_the_deal_of_a_day_has_the_activities_of_that_day(client, cast, deal):
    """A call planned on 5 September and done on the 12th; with the knowledge of the 4th nobody knew of it."""
    with time_machine.travel(at(9, 5), tick=False):
        step = log_activity(
            by=cast.rep, now=at(9, 5), kind="call", owner=cast.reps["rep"], due_at=at(9, 9), deal=deal
        )  # fmt: skip
    complete_activity(activity=step, by=cast.rep, now=at(9, 12))
    address = f"{deal.get_absolute_url()}?as_of="
    for day, planned, done in (
        ("2026-09-04", 0, 0), ("2026-09-05", 1, 0), ("2026-09-11", 1, 0), ("2026-09-12", 0, 1),
        ("2026-09-12&known_on=2026-09-05", 0, 1), ("2026-09-12&known_on=2026-09-04", 0, 0),
    ):  # fmt: skip
        response = page(client, cast.rep, address + day)
        calls = [entry.url for entry in response.context["entries"] if entry.kind == "call"]
        assert (len(response.context["next_steps"]), len(calls)) == (planned, done), day
        for url in calls:
            assert page(client, cast.rep, url).context["activity"].pk == step.pk


def test_who_may_see_a_deal_today_sees_what_it_was(client, cast, deal):
    """The deal is the rival's now: he sees its September, the rep does not."""
    assign_deal(deal=deal, owner=cast.reps["rival"], by=cast.admin, now=NOW)
    address = f"{deal.get_absolute_url()}?as_of=2026-09-20"
    client.force_login(cast.rep)
    assert client.get(address).status_code == 404
    assert shown(page(client, cast.rep, f"{LIST}?as_of=2026-09-20")) == []
    response = page(client, cast.rival, f"{LIST}?as_of=2026-09-20")
    assert [(row.name, row.owner) for row in response.context["rows"]] == [("Then", cast.reps["rep"])]
    assert page(client, cast.rival, address).context["deal"].owner == cast.reps["rep"]


@pytest.mark.parametrize("url", [LIST, BOARD, "deal"])
@pytest.mark.parametrize("query", ["as_of=yesterday", "as_of=2026-13-01", "known_on=1", "as_of=1026-01-01"])
def test_a_day_that_is_none_is_refused_with_its_name(client, cast, deal, url, query):
    client.force_login(cast.rep)
    response = client.get(f"{deal.get_absolute_url() if url == 'deal' else url}?{query}")
    assert response.status_code == 400
    assert f"{query.split('=')[0]}: a day such as 2026-10-05." in response.content.decode()


def test_today_and_later_are_now(client, cast, deal):
    response = page(client, cast.rep, f"{LIST}?as_of=2026-11-20")
    assert "You are looking at" not in text(response)
    assert reverse("pipeline:deal_create") in text(response)


@pytest.mark.parametrize("url", [LIST, BOARD])
def test_what_the_past_does_not_keep_can_not_be_asked(client, cast, deal, url):
    client.force_login(cast.leader)
    response = client.get(f"{url}?as_of=2026-09-20&step=overdue")
    assert response.status_code == 400
    assert "step: the next steps of deals keep no history" in response.content.decode()


@pytest.mark.parametrize("as_of", ["", "as_of=2026-09-20&"])
@pytest.mark.parametrize("url", [LIST, BOARD, "deal"])
def test_another_day_is_one_form_away(client, cast, deal, url, as_of):
    """A form of its own with a native day, which keeps the filters, but for what only today knows."""
    asked = "owner=me&closes=2026-09&sort=name"
    address = deal.get_absolute_url() if url == "deal" else url
    more = "" if as_of or url == "deal" else "&step=overdue"
    response = page(client, cast.rep, f"{address}?{as_of}{asked}{more}")
    [chip] = [one for one in response.context["chips"] if one.get("form")]
    assert chip["kept"] == [("owner", "me"), ("closes", "2026-09"), ("sort", "name")]
    assert [(field["name"], field["value"]) for field in chip["fields"]] == [
        ("as_of", "2026-09-20" if as_of else ""), ("known_on", ""),
    ]  # fmt: skip
    assert [option["url"] for option in chip["options"]] == ([f"{address}?{asked}"] if as_of else [])
    html = text(response)
    assert '<form id="look-back" method="get"> <input type="hidden" name="owner" value="me">' in html
    assert 'name="as_of" type="date"' in html
    assert html.count('form="look-back"') == 3


@pytest.mark.parametrize("url", [LIST, BOARD])
def test_statements_do_not_grow_with_the_deals(client, cast, deal, url):
    def more(count: int) -> None:
        for number in range(count):
            create_deal(by=None, now=at(9, 2), name=f"Deal {number}", owner=cast.reps["rep"], amount=Decimal(5))

    client.force_login(cast.leader)
    more(3)
    statements_of(client, f"{url}?as_of=2026-09-10")
    few = len(statements_of(client, f"{url}?as_of=2026-09-10"))
    more(20)
    assert len(statements_of(client, f"{url}?as_of=2026-09-10")) == few


class TestOverTheApi:
    """The same states; lists narrow by what was, not by what is."""

    def get(self, client, user, query, pk="", status=200):
        client.force_login(user)
        response = client.get(f"/api/v1/deals/{f'{pk}/' if pk else ''}?{query}")
        assert response.status_code == status, response.content
        return response.json()

    def test_a_deal_of_a_day(self, client, cast, deal):
        found = self.get(client, cast.rep, "as_of=2026-09-10", deal.pk)
        assert (found["amount"], found["outcome"], found["closed_at"]) == ("1000.0000", "open", None)
        assert self.get(client, cast.rep, "as_of=2026-10-10", deal.pk)["outcome"] == "won"
        self.get(client, cast.rep, "as_of=2026-08-31", deal.pk, status=404)
        self.get(client, cast.rival, "as_of=2026-09-10", deal.pk, status=404)

    def test_the_list_of_a_day(self, client, cast, deal):
        found = self.get(client, cast.leader, "as_of=2026-09-20&outcome=open")["results"]
        assert [(row["id"], row["amount"]) for row in found] == [(deal.pk, "1500.0000")]
        assert self.get(client, cast.leader, "as_of=2026-09-20&outcome=won")["results"] == []
        assert self.get(client, cast.rival, "as_of=2026-09-20")["results"] == []

    @pytest.mark.parametrize("query", ["as_of=soon", "as_of=2026-09-20&ordering=amount", "as_of=2026-09-20&owner=x"])
    def test_what_the_past_cannot_answer_is_refused(self, client, cast, deal, query):
        self.get(client, cast.leader, query, status=400)
