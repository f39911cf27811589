"""No byte that a rep gets depends on a record that he may not see: no list, figure, count, search or hint."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.models import JobRun
from metrics.known import known_metrics
from metrics.snapshots.nightly import run_night
from pipeline.actions import accounts, activities, contacts, deal_parts, deals, leads, outcomes
from pipeline.models import Campaign, LostReason, Product, Stage, Subscription, Touch
from tests.access.addresses import all_addresses
from tests.access.belongings import LATER
from tests.access.conftest import Stage as Company
from tests.access.table import row_of
from tests.access.visitors import Answer, Visitor
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TOMORROW = LATER + datetime.timedelta(days=1)
UNSEEN = ("rival", "colleague")
SEARCHES = (
    "/search/?q=rival", "/search/?q=Deal", "/search/?q=ltd", "/search/suggestions/?kind=account&q=Account",
    "/search/suggestions/?kind=deal&q=Deal", "/deals/?outcome=won", "/deals/?format=csv", "/deals/?sort=amount",
    "/leads/?format=csv", "/accounts/?format=csv", "/accounts/?sort=revenue", "/accounts/?deals=open",
    "/activities/?show=done", "/api/v1/deals/?search=Deal", "/api/v1/deals/?ordering=-amount&page_size=1",
    "/api/v1/accounts/?search=rival", "/api/v1/leads/?status=converted", "/api/v1/activities/?kind=call",
)  # fmt: skip


HINTS = ("pipeline:lead_convert",)
"""Says, as decided, that somebody else has an account or contact like this one, and nothing more of it."""


def addresses(stage: Company) -> list[str]:
    """Everything that the rep may read: pages and API addresses, searches; of each metric figure, slice or records."""
    found = list(SEARCHES)
    for name, address in all_addresses().items():
        row = row_of(name)
        if row is None or row.foreign or "rep" not in row.opens or "GET" not in row.verbs or name in HINTS:
            continue
        pks = stage.kinds[row.names].pks if row.names else {}
        own = pks.get("rep") or pks.get("company") or 0
        path = address.path(own)
        found.append(path if "?" in path or "metric" not in name else f"{path}?period=2026")
    for turn, (slug, metric) in enumerate(known_metrics().items()):
        dimension = metric.dimensions[turn % len(metric.dimensions)]
        asked = ("/?period=2026&compare=previous", f"/?period=2026&by={dimension}", "/records/?period=2026")[turn % 3]
        found.append(f"/api/v1/metrics/{slug}{asked}")
    return found


def create(cast: Cast) -> None:
    """Records of their own, and a deal with an account that the rep knows."""
    for name in UNSEEN:
        user, owner = getattr(cast, name), cast.reps[name]
        account = accounts.create_account(by=user, now=LATER, name=f"Rather new of {name}", industry="mining")
        contacts.create_contact(by=user, now=LATER, account=account, name="Rather new", email=f"new@{name}.test")
        for number, place in enumerate((account, cast.owns["rep"].account)):
            deal = deals.create_deal(
                by=user, now=LATER, name=f"Deal new {number}", owner=owner, account=place, amount=Decimal(777)
            )
            activities.log_activity(by=user, now=LATER, kind="call", owner=owner, deal=deal, subject="Deal talk")
        leads.create_lead(by=user, now=LATER, name="Lead new", company="rep ltd", email="new@rep.test", owner=owner)
        Subscription.objects.create(account=account, monthly_amount=Decimal(99), currency="EUR", starts_on=LATER.date())
        campaign = Campaign.objects.get(name="Fair")
        Touch.objects.create(campaign=campaign, lead=cast.owns[name].lead, kind="visit", at=LATER)
    leads.create_lead(by=None, now=LATER, name="Queued new", team=cast.south)


def change(cast: Cast) -> None:
    for name in UNSEEN:
        user, owns = getattr(cast, name), cast.owns[name]
        values = {"by": user, "now": LATER}
        deals.change_deal(deal=owns.deal, amount=Decimal(123456), name="Deal renamed", **values)
        deal_parts.set_lines(
            deal=owns.deal, lines=[{"product": Product.objects.get(name="Licence"), "quantity": Decimal(3)}], **values
        )
        leads.change_lead(lead=owns.lead, company="rep ltd", name="Lead of the rep", **values)
        accounts.change_account(account=owns.account, name="Account of rep", industry="mining", **values)
        contacts.change_contact(contact=owns.contact, email="buyer@rep.test", **values)
        activities.change_activity(activity=owns.activity, outcome="spoke", **values)


def move(cast: Cast) -> None:
    stage = Stage.objects.get(name="Negotiation")
    for name in UNSEEN:
        outcomes.move_deal(deal=cast.owns[name].deal, stage=stage, by=getattr(cast, name), now=LATER)


def win(cast: Cast) -> None:
    for name in UNSEEN:
        outcomes.win_deal(deal=cast.owns[name].deal, amount=Decimal(5000), by=getattr(cast, name), now=LATER)


def lose(cast: Cast) -> None:
    reason = LostReason.objects.get(name="Price")
    for name in UNSEEN:
        outcomes.lose_deal(deal=cast.owns[name].deal, reason=reason, by=getattr(cast, name), now=LATER)


def convert(cast: Cast) -> None:
    for name in UNSEEN:
        leads.convert_lead(lead=cast.owns[name].lead, by=getattr(cast, name), now=LATER, amount=Decimal(60))


def give_away(cast: Cast) -> None:
    deals.assign_deal(deal=cast.owns["rival"].deal, owner=cast.reps["colleague"], by=cast.admin, now=LATER)
    leads.assign_lead(lead=cast.owns["colleague"].lead, owner=cast.reps["rival"], by=cast.admin, now=LATER)


def delete(cast: Cast) -> None:
    for name in UNSEEN:
        owns, values = cast.owns[name], {"by": getattr(cast, name), "now": LATER}
        activities.delete_activity(activity=owns.activity, **values)
        deals.delete_deal(deal=owns.deal, **values)
        leads.delete_lead(lead=owns.lead, **values)
        contacts.delete_contact(contact=owns.contact, **values)
        Subscription.objects.filter(account=owns.account).delete()
        accounts.delete_account(account=owns.account, **values)


CHANGES = {
    "created, changed and moved": (create, change, move),
    "won, converted and given away": (win, convert, give_away),
    "lost and deleted": (lose, delete),
}


def all_answers(visitor: Visitor, paths: list[str]) -> dict[str, Answer]:
    return {path: visitor.send("GET", path) for path in paths}


def differing(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    return [path for path, answer in before.items() if after[path] != answer]


@pytest.fixture(scope="module")
def seen_before(stage: Company) -> dict[str, Answer]:
    """What the rep gets while nobody does anything."""
    return all_answers(stage.visitors["rep"], addresses(stage))


def test_the_rep_sees_figures_lists_and_records(seen_before):
    assert len(seen_before) > 60
    assert {path: answer.failure for path, answer in seen_before.items() if answer.outcome != "done"} == {}


def test_looking_twice_gives_the_same_bytes(stage, seen_before):
    assert differing(seen_before, all_answers(stage.visitors["rep"], list(seen_before))) == []


def test_what_the_rep_does_himself_is_seen(stage, seen_before):
    """Else nothing would be found either if the pages showed nothing."""
    outcomes.win_deal(deal=stage.cast.owns["rep"].deal, by=stage.cast.rep, now=LATER)
    assert len(differing(seen_before, all_answers(stage.visitors["rep"], list(seen_before)))) > 15


@pytest.mark.parametrize("what", CHANGES)
def test_what_others_do_is_not_seen(stage, seen_before, what):
    for happens in CHANGES[what]:
        happens(stage.cast)
    assert differing(seen_before, all_answers(stage.visitors["rep"], list(seen_before))) == []


def test_stored_figures_keep_to_it_too(stage, seen_before):
    """The night stores the figures of all scopes beside each other."""
    paths = [path for path in seen_before if "/metric" in path or path in ("/kpis/", "/my-numbers/", "/today/")]
    with time_machine.travel(TOMORROW, tick=False):
        visitor = Visitor("rep", stage.cast.rep)
        run = JobRun.objects.create(kind="snapshot", key="one")
        run_night(now=TOMORROW, run=run)
        before = all_answers(visitor, paths)
        for happens in (create, win, convert):
            happens(stage.cast)
        run_night(now=TOMORROW, run=run)
        assert differing(before, all_answers(visitor, paths)) == []
