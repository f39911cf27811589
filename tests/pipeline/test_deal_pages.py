"""The list of deals and the page of one."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from pipeline.actions.activities import log_activity
from pipeline.actions.deals import change_deal, create_deal
from pipeline.actions.outcomes import lose_deal, move_deal, reopen_deal, win_deal
from pipeline.models import Deal, Stage
from tests.pipeline.deal_pages import LIST, MAIN, page_of, rows_of_csv, url
from tests.pipeline.test_board import bulk, queries_of

# The list


def test_the_list_adds_up_what_it_shows_in_the_base_currency(rep, cast, price):
    for name, values in {
        "half": {"amount": Decimal("0.50")},
        "none": {},
        "foreign": {"amount": Decimal(9), "currency": "JPY"},
    }.items():
        create_deal(by=None, now=timezone.now(), name=name, owner=cast.reps["rep"], **values)
    context = rep.get(LIST).context
    assert (context["summed"], context["sum"], context["unpriced"]) == (4, Decimal("1000.50"), 2)


def test_the_outcome_is_a_filter_and_open_its_default(rep, cast, deal, price):
    lost = create_deal(by=None, now=timezone.now(), name="lost one", owner=cast.reps["rep"])
    lose_deal(deal=lost, reason=price, by=None, now=timezone.now())
    for query, names in {"": {"Deal of rep"}, "?outcome=lost": {"lost one"}, "?outcome=won": set()}.items():
        assert {row.name for row in rep.get(f"{LIST}{query}").context["rows"]} == names
    assert len(rep.get(f"{LIST}?outcome=all").context["rows"]) == 2
    assert rep.get(f"{LIST}?outcome=maybe").status_code == 400


@pytest.mark.parametrize("sort", ["changed", "close", "amount", "name", "age", "closed"])
def test_every_sort_goes_through_all_rows_once(rep, cast, deal, sort):
    bulk(cast, 100, deal.stage)
    Deal.objects.filter(pk__gt=deal.pk, pk__lt=deal.pk + 40).update(base_minor=None, stage_entered_at=None)
    seen, address = [], f"{LIST}?sort={sort}"
    while address:
        context = rep.get(address).context
        assert len(context["rows"]) <= 50
        seen += [row.pk for row in context["rows"]]
        address = context["next_url"]
    assert len(seen) == len(set(seen)) == 101
    assert rep.get(f"{LIST}?sort=secret").status_code == 400


def test_a_long_list_adds_up_its_page_and_says_so(rep, cast, deal):
    bulk(cast, 1001, deal.stage)
    Deal.objects.update(owner=cast.reps["rep"])
    response = rep.get(f"{LIST}?sort=name")
    assert (response.context["total_text"], response.context["summed"]) == ("1,000+", 50)
    assert "This page, 50 deals" in response.content.decode()


@pytest.mark.parametrize("who", ["rep", "manager", "leader", "admin"])
def test_the_list_asks_the_database_as_often_for_two_hundred_deals(client, cast, deal, who):
    bulk(cast, 10, deal.stage)
    client.force_login(getattr(cast, who))
    client.get(LIST)
    few = queries_of(client, LIST)
    bulk(cast, 200, deal.stage)
    assert queries_of(client, LIST) == few <= 9


def test_the_csv_has_every_row_of_the_filter_and_nothing_that_a_spreadsheet_runs(rep, cast, deal):
    evil = '=HYPERLINK("http://evil.test")'
    create_deal(by=None, now=timezone.now(), name=evil, owner=cast.reps["rep"], kind="credit", amount=Decimal("-5"))
    bulk(cast, 60, deal.stage)
    rows = rows_of_csv(rep.get(f"{LIST}?format=csv"))
    assert len(rows) == 62
    assert rows[0]["name"] == "Deal of rep"
    assert (rows[0]["amount"], rows[0]["currency"], rows[0]["owner"]) == ("1000.00", "EUR", "rep@cast.test")
    assert (rows[1]["name"], rows[1]["amount"]) == ("'" + evil, "-5.00")
    assert AuditEntry.objects.get(action="export").by == cast.rep
    assert [row["name"] for row in rows_of_csv(rep.get(f"{LIST}?format=csv&q=HYPER"))] == ["'" + evil]


def test_the_csv_holds_only_what_its_reader_sees(client, cast, deal):
    client.force_login(cast.other_manager)
    assert [row["name"] for row in rows_of_csv(client.get(f"{LIST}?format=csv"))] == ["Deal of rival"]


# The page of one deal


def test_the_page_tells_the_path_and_the_history_from_old_to_new(rep, cast, deal):
    start = timezone.now()
    change_deal(deal=deal, by=cast.rep, now=start, amount=Decimal(1500), expected_close_on=datetime.date(2027, 1, 10))
    for day in (20, 30):
        change_deal(deal=deal, by=cast.rep, now=start, expected_close_on=datetime.date(2027, 1, day))
    change_deal(deal=deal, by=cast.rep, now=start, expected_close_on=datetime.date(2027, 1, 15))
    move_deal(deal=deal, stage=Stage.objects.get(name="Proposal"), by=cast.manager, now=start)
    context = page_of(rep, deal).context
    told = [(entry.title, getattr(entry, "before", ""), getattr(entry, "after", "")) for entry in context["entries"]]
    assert ("Amount", "€1,000.00", "€1,500.00") in told
    assert ("Stage", "Qualification", "Proposal") in told
    assert context["slips"] == 2
    assert [entry.people for entry in context["entries"] if entry.title == "Stage"] == ["Manager"]
    current = [step.stage.name for step in context["path"] if step.is_current]
    assert current == ["Proposal"]
    assert [step.stage.name for step in context["path"]] == [
        "Qualification",
        "Discovery",
        "Proposal",
        "Negotiation",
        "Won",
    ]


def test_a_closing_that_was_taken_back_is_no_step_of_the_path(rep, cast, deal):
    win_deal(deal=deal, amount=100, by=cast.rep, now=timezone.now())
    deal.refresh_from_db()
    reopen_deal(deal=deal, by=cast.rep, now=timezone.now())
    path = rep.get(deal.get_absolute_url()).context["path"]
    assert [step.stage.outcome for step in path if step.is_past] == []
    assert path[-1].stage.outcome == "won"


def test_the_timeline_can_show_activities_or_changes_alone(rep, cast, deal):
    kinds = {query: {entry.kind for entry in page_of(rep, deal, query).context["entries"]}
             for query in ("", "?show=activities", "?show=changes")}  # fmt: skip
    assert kinds == {"": {"call", "opened"}, "?show=activities": {"call"}, "?show=changes": {"opened"}}


def test_an_account_out_of_sight_has_no_name_in_the_history(rep, cast, deal):
    change_deal(deal=deal, by=None, now=timezone.now(), account=cast.owns["rival"].account)
    change_deal(deal=deal, by=None, now=timezone.now(), account=cast.owns["rep"].account)
    assert "Account of rival" not in page_of(rep, deal).content.decode()


def test_the_page_asks_the_database_as_often_for_a_long_history(rep, cast, deal):
    def history(count):
        for number in range(count):
            change_deal(deal=deal, by=cast.rep, now=timezone.now(), amount=Decimal(number))
            log_activity(by=cast.rep, now=timezone.now(), kind="email", owner=cast.reps["rep"], deal=deal)

    history(2)
    page_of(rep, deal)
    few = queries_of(rep, deal.get_absolute_url())
    history(20)
    assert queries_of(rep, deal.get_absolute_url()) == few <= 22


@pytest.mark.parametrize(
    ("who", "status"), [("colleague", 404), ("rival", 404), ("other_manager", 404), ("manager", 200), ("leader", 200)]
)
def test_a_deal_out_of_sight_is_like_one_that_does_not_exist(client, cast, deal, who, status):
    client.force_login(getattr(cast, who))
    response = client.get(deal.get_absolute_url())
    assert response.status_code == status
    if status == 404:
        absent = client.get("/deals/999999/")
        assert MAIN.findall(response.content.decode()) == MAIN.findall(absent.content.decode()) != []


def test_a_leader_reads_and_nothing_offers_him_to_write(client, cast, deal):
    client.force_login(cast.leader)
    page = page_of(client, deal).content.decode()
    for name in ("edit", "win", "lose", "move", "lines", "credits", "delete"):
        assert url(name, deal) not in page
    for name in ("edit", "win", "lose", "move", "lines", "credits", "delete", "reopen", "assign"):
        assert client.post(url(name, deal)).status_code == 403
