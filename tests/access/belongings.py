"""The records that the addresses of the matrix name: one of each kind for each of three reps, and who sees which."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType

from accounts.models import Account, AuditEntry, Contact, ExchangeRate, JobRun, Rep, Team, TeamMembership, User
from metrics.models import Book
from pipeline.actions import activities, deal_parts, deals, deletions, hand_overs, leads, merges, outcomes
from pipeline.actions.accounts import delete_account
from pipeline.actions.contacts import delete_contact
from pipeline.imports.uploads import run_upload, take_in
from pipeline.models import (
    Campaign,
    CampaignSpend,
    Channel,
    LostReason,
    Pipeline,
    Product,
    RoutingRule,
    SavedView,
    Stage,
    Subscription,
    Touch,
)
from tests.access.books import make_books
from tests.access.payments import make_statements
from tests.access.sight import ADMINS, EVERYBODY, NORTH, OF_OWNER, OVERSEERS, SOUTH, Kind
from tests.cast import NOW, OWNED, Cast

LATER = NOW + datetime.timedelta(hours=1)
ABSENT = 999_999_999

OF_DELETER = {name: frozenset({name, "admin"}) for name in OWNED}
OF_QUEUE = {"rep": NORTH, "rival": SOUTH}


def make_kinds(cast: Cast) -> dict[str, Kind]:
    """Everything that an address may name, beside what the cast owns."""
    _moved_once(cast)
    kinds = {kind: _owned(cast, kind) for kind in ("account", "contact", "lead", "deal", "activity")}
    kinds["deal"] = _with_credited(cast, kinds["deal"])
    kinds |= {f"deleted {kind}": Kind(_deleted(cast, kind), OF_DELETER) for kind in DELETIONS}
    kinds |= {f"merged {kind}": Kind(_merged(cast, kind), OF_DELETER) for kind in MERGES}
    for name, make in MADE.items():
        kinds[name] = Kind({whose: make(cast, cast.reps[whose]) for whose in OWNED}, OF_OWNER)
    queues = {"rep": cast.north, "rival": cast.south}
    queued = {
        whose: leads.create_lead(by=None, now=NOW, name=f"Queued in {team}", team=team).pk
        for whose, team in queues.items()
    }
    kinds["queued lead"] = Kind(queued, OF_QUEUE)
    kinds["saved view"] = Kind(
        {
            whose: SavedView.objects.create(owner=getattr(cast, whose), page="deals", name=f"View of {whose}").pk
            for whose in OWNED
        },
        {whose: frozenset({whose}) for whose in OWNED},
    )
    return kinds | make_statements(cast) | _of_the_company(cast)


def _moved_once(cast: Cast) -> None:
    """The rep was in the south until ten days ago."""
    day = NOW.date() - datetime.timedelta(days=10)
    TeamMembership.objects.filter(rep=cast.reps["rep"]).update(starts_on=day)
    before = day - datetime.timedelta(days=1)
    TeamMembership.objects.create(rep=cast.reps["rep"], team=cast.south, ends_on=before)


def _owned(cast: Cast, kind: str) -> Kind:
    return Kind({whose: getattr(cast.owns[whose], kind).pk for whose in OWNED}, OF_OWNER)


def _with_credited(cast: Cast, own: Kind) -> Kind:
    """The rival's deal of which the rep has half: rep and manager see it, and only its owner's people change it."""
    deal = deals.create_deal(by=cast.rival, now=NOW, name="Shared deal", owner=cast.reps["rival"], amount=Decimal(500))
    half = Decimal("0.5")
    shares = [(cast.reps["rival"], half), (cast.reps["rep"], half)]
    deal_parts.set_credits(deal=deal, shares=shares, by=cast.rival, now=NOW)
    return Kind(
        own.pks | {"credited": deal.pk},
        own.seen_by | {"credited": SOUTH | {"rep", "manager"}},
        frozenset({("credited", "rep"), ("credited", "manager")}),
    )


def _new_account(cast: Cast, owner: Rep) -> int:
    return Account.objects.create(name=f"Another account of {owner}", owner=owner).pk


def _new_contact(cast: Cast, owner: Rep) -> int:
    account = Account.objects.get(pk=_new_account(cast, owner))
    return Contact.objects.create(account=account, name=f"Another contact of {owner}").pk


def _new_lead(cast: Cast, owner: Rep) -> int:
    return leads.create_lead(by=owner.user, now=NOW, name=f"Another lead of {owner}", owner=owner).pk


def _new_deal(cast: Cast, owner: Rep) -> int:
    return deals.create_deal(by=owner.user, now=NOW, name=f"Another deal of {owner}", owner=owner).pk


def _plan(cast: Cast, owner: Rep) -> int:
    due = NOW + datetime.timedelta(days=2)
    return activities.log_activity(by=owner.user, now=NOW, kind="call", owner=owner, due_at=due, subject="Later").pk


def _closed_deal(cast: Cast, owner: Rep) -> int:
    deal = deals.create_deal(by=owner.user, now=NOW, name=f"Won deal of {owner}", owner=owner, amount=Decimal(70))
    return outcomes.win_deal(deal=deal, by=owner.user, now=NOW).pk


def _disqualified_lead(cast: Cast, owner: Rep) -> int:
    lead = leads.create_lead(by=owner.user, now=NOW, name=f"Spam of {owner}", owner=owner)
    return leads.disqualify_lead(lead=lead, reason="spam", by=owner.user, now=NOW).pk


def _subscription(cast: Cast, owner: Rep) -> int:
    account = cast.owns[_name(cast, owner)].account
    return Subscription.objects.create(
        account=account, monthly_amount=Decimal(9), currency="EUR", starts_on=NOW.date()
    ).pk


def _touch(cast: Cast, owner: Rep) -> int:
    campaign, _new = Campaign.objects.get_or_create(name="Fair")
    return Touch.objects.create(campaign=campaign, lead=cast.owns[_name(cast, owner)].lead, kind="visit", at=NOW).pk


def _name(cast: Cast, owner: Rep) -> str:
    return next(name for name, rep in cast.reps.items() if rep.pk == owner.pk)


MADE: dict[str, Callable[[Cast, Rep], int]] = {
    "spare account": _new_account,
    "spare contact": _new_contact,
    "planned activity": _plan,
    "closed deal": _closed_deal,
    "disqualified lead": _disqualified_lead,
    "subscription": _subscription,
    "touch": _touch,
}
DELETIONS: dict[str, tuple[Callable[[Cast, Rep], int], Callable[..., object]]] = {
    "account": (_new_account, delete_account),
    "contact": (_new_contact, delete_contact),
    "lead": (_new_lead, leads.delete_lead),
    "deal": (_new_deal, deals.delete_deal),
    "activity": (_plan, activities.delete_activity),
}


def _deleted(cast: Cast, kind: str) -> dict[str, int]:
    make, delete = DELETIONS[kind]
    pks = {whose: make(cast, cast.reps[whose]) for whose in OWNED}
    for whose, pk in pks.items():
        model = ContentType.objects.get(model=kind).model_class()
        delete(**{kind: model.objects.get(pk=pk)}, by=getattr(cast, whose), now=NOW)
        assert deletions.restorable(model, by=getattr(cast, whose)).filter(pk=pk).exists()
    return pks


MERGES: dict[str, tuple[Callable[[Cast, Rep], int], Callable[..., object]]] = {
    "account": (_new_account, merges.merge_accounts),
    "contact": (_new_contact, merges.merge_contacts),
}


def _merged(cast: Cast, kind: str) -> dict[str, int]:
    """Doubles that each rep merged into what he owns."""
    make, merge = MERGES[kind]
    pks = {whose: make(cast, cast.reps[whose]) for whose in OWNED}
    for whose, pk in pks.items():
        kept = getattr(cast.owns[whose], kind)
        merge(kept=kept, gone=type(kept).objects.get(pk=pk), by=getattr(cast, whose), now=NOW)
    return pks


def _of_the_company(cast: Cast) -> dict[str, Kind]:
    """What belongs to nobody: the catalogue, which everybody reads, and what only admins see."""
    channel = Channel.objects.create(name="Web")
    campaign = Campaign.objects.create(name="Spring", channel=channel)
    spend = CampaignSpend.objects.create(campaign=campaign, day=NOW.date(), amount=5, currency="EUR")
    stage = Stage.objects.order_by("pk").first()
    rate = ExchangeRate.objects.create(currency="USD", base="EUR", day=NOW.date(), rate=Decimal("1.1"))
    job = JobRun.objects.create(kind="snapshot", key="2026-11-19", state=JobRun.State.FAILED, queued_at=NOW)
    imported = take_in(kind="channels", name="channels.csv", content=b"name\nRadio\n", by=cast.admin, now=NOW)
    written = take_in(kind="channels", name="written.csv", content=b"name\nTelevision\n", by=cast.admin, now=NOW)
    run_upload(written, dry_run=False, now=NOW, by=cast.admin)
    read_by_all = {
        "team": cast.north, "channel": channel, "campaign": campaign, "spend": spend, "stage": stage,
        "product": Product.objects.create(name="Licence"), "pipeline": stage.pipeline,
        "lost reason": LostReason.objects.get_or_create(name="Price")[0],
    }  # fmt: skip
    unused = {
        "team": Team.objects.create(name="Empty", slug="empty"), "channel": Channel.objects.create(name="Unused"),
        "campaign": Campaign.objects.create(name="Unused"), "product": Product.objects.create(name="Unused"),
        "pipeline": Pipeline.objects.create(name="Unused", position=9),
        "stage": Stage.objects.create(pipeline=stage.pipeline, name="Unused", position=90, probability_bp=1),
        "lost reason": LostReason.objects.create(name="Unused"),
    }  # fmt: skip
    kinds = {kind: Kind({"company": record.pk}, {"company": EVERYBODY}) for kind, record in read_by_all.items()}
    kinds |= {f"unused {kind}": Kind({"company": record.pk}, {"company": EVERYBODY}) for kind, record in unused.items()}
    kinds["frozen book"] = Kind({"company": _book(8, frozen_at=NOW, ready_at=NOW).pk}, {"company": OVERSEERS})
    kinds["closed book"] = Kind({"company": _book(9).pk}, ADMINS)
    kinds |= {kind: Kind({"company": record.pk}, ADMINS) for kind, record in
              {"routing rule": _rule(cast, channel),
               "job": job, "import": imported, "written import": written, "rate": rate}.items()}  # fmt: skip
    kinds["hand over"] = Kind({"company": _handed_over(cast).pk}, ADMINS)
    return kinds | _people(cast) | make_books(cast)


def _book(month: int, **state: datetime.datetime) -> Book:
    first, last = datetime.date(2026, month, 1), datetime.date(2026, month, 28)
    return Book.objects.create(
        name=f"2026-{month:02}", starts_on=first, ends_on=last, closed_at=NOW, freezes_on=NOW.date(), **state
    )


def _rule(cast: Cast, channel: Channel) -> RoutingRule:
    """A rule between two others, so that it can move."""
    for position, region in enumerate(("Above", "Below")):
        RoutingRule.objects.create(region=region, position=2 * position)
    rule = RoutingRule.objects.create(channel=channel, region="Nowhere", position=1)
    rule.reps.set([cast.reps["rep"]])
    return rule


def _handed_over(cast: Cast) -> AuditEntry:
    """The work of somebody who has left, given to the rep by the admin."""
    gone = Rep.objects.create(name="Gone", external_id="gone")
    leads.create_lead(by=None, now=NOW, name="Given to the rep", owner=gone)
    return hand_overs.hand_over(rep=gone, to=[cast.reps["rep"]], day=NOW.date(), by=cast.admin, now=NOW)


def _people(cast: Cast) -> dict[str, Kind]:
    """A rep sees the names of his team; of users everybody sees only himself, but for admins."""
    mates = {"rep": NORTH, "colleague": NORTH, "rival": SOUTH}
    names = ("rep", "colleague", "rival", "manager")
    users = {name: getattr(cast, name).pk for name in names}
    invited = User.objects.create_user("invited@cast.test", name="Invited", role="rep")
    return {
        "rep": Kind({whose: cast.reps[whose].pk for whose in OWNED}, mates),
        "deactivated user": Kind({"company": cast.deactivated.pk}, ADMINS),
        "invited user": Kind({"company": invited.pk}, ADMINS),
        "user": Kind(users, {name: frozenset({name, "admin"}) for name in names}),
    }
