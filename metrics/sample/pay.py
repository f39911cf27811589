"""What the sample's people earn: plans of reps and of who leads a team, months paid, one approved, one that runs."""

import datetime
from decimal import Decimal

from django.conf import settings

from accounts.business_dates import local_instant
from accounts.models import AuditEntry, Rep, Team, User
from accounts.roles import Role
from metrics.actions.calculated_statements import calculate_period
from metrics.actions.disputes import open_dispute
from metrics.actions.plans import add_version, publish_version
from metrics.actions.statements import approve_statements, pay_statement
from metrics.incentives.terms import AppliesTo, Bonus, Commission, Component, Spiff, Step, Terms, Tiers, Where
from metrics.models import Dispute, Plan, PlanVersion, Statement
from metrics.periods import Period, add_months, containing
from pipeline.sample.world import World

NAME = "Sales commission (sample)"
CLOSED_MONTHS = 6
"""How many months were stated before the one that runs, less where the sample is younger."""
APPROVED_ON, PAID_ON = 5, 10
"""Days of the month that follows."""
DOUBT = "I won this one together with a colleague who is not in the credits. Is my share right?"
STEPS = (Step(Decimal(0), Decimal("0.04")), Step(Decimal("0.8"), Decimal("0.06")), Step(Decimal(1), Decimal("0.09")))


def state_pay(world: World) -> dict[str, int]:
    """Published plans, statements of the last months and a dispute; how many of what.

    Nobody did any of this, so none of it is in the audit log.
    """
    admin = User.objects.get(email=settings.SAMPLE_SIGN_INS[Role.ADMIN])
    months = _months(world)
    plans = [_publish(terms, months[0].start, world) for terms in _plans(world)]
    for month in months:
        _state(month, admin, world)
    _doubt(world)
    versions = PlanVersion.objects.filter(plan__in=plans)
    rows, disputes = Statement.objects.filter(version__in=versions), Dispute.objects.filter(is_sample=True)
    subjects = {
        "planversion": versions.values("pk"), "statement": rows.values("pk"), "dispute": disputes.values("pk"),
    }  # fmt: skip
    for kind, pks in subjects.items():
        AuditEntry.objects.filter(subject_kind=kind, subject_id__in=pks).delete()
    return {"plans": len(plans), "statements": rows.count(), "disputes": disputes.count()}


def _months(world: World) -> list[Period]:
    """Those before the running one, from the first of a quarter, and the running one."""
    running = containing(world.today, "month")
    first = containing(add_months(running.start, -CLOSED_MONTHS), "quarter").start
    begin = max(first, world.first_day)
    return list(Period(begin, running.end, "", "range").split("month"))


def _plans(world: World) -> list[Terms]:
    """Of the reps by their teams; of each manager who sells with a team below by name, which goes before the team's."""
    teams = Team.objects.filter(is_sample=True).order_by("pk")
    roots = AppliesTo(teams=tuple(team.slug for team in teams.filter(parent=None)))
    tiers = Tiers(by="attainment", of="won_revenue", mode="marginal", steps=STEPS)
    bookings = Commission(name="Bookings", kind="commission", tiers=tiers)
    win_rate = Bonus(
        name="Win rate", kind="bonus", metric="win_rate", at_least=Decimal("0.4"), pays=Decimal(500),
        every="quarter", min_n=5,
    )  # fmt: skip
    new = Spiff(name="New customers", kind="spiff", per_deal=Decimal(100), where=Where(deal_kind=("new",)))
    return [_terms(NAME, roots, (bookings, win_rate, new), world)] + [
        _terms(f"Lead of {lead.team} (sample)", AppliesTo(reps=(lead.email,)), (_share(lead.team),), world)
        for lead in Rep.objects.filter(is_sample=True, user__role=Role.MANAGER, left_on=None).exclude(team=None)
    ]


def _share(team: Team) -> Commission:
    return Commission(name="Team", kind="override", of_team=team.slug, rate=Decimal("0.01"))


def _terms(name: str, applies_to: AppliesTo, components: tuple[Component, ...], world: World) -> Terms:
    return Terms(
        name=name, currency=world.company.base_currency, applies_to=applies_to, statement_every="month",
        accumulate="quarter", clawback_days=90, components=components,
    )  # fmt: skip


def _publish(terms: Terms, day: datetime.date, world: World) -> Plan:
    at = local_instant(datetime.datetime.combine(day, datetime.time(2)), world.zone)
    version = add_version(terms=terms, by=None, now=at)
    version.is_sample = version.plan.is_sample = True
    version.save(update_fields=["is_sample"])
    version.plan.save(update_fields=["is_sample"])
    publish_version(version=version, day=day, approved_by=None, by=None, now=at)
    return version.plan


def _state(month: Period, admin: User, world: World) -> None:
    """Calculate a month; approve it once its day has come, pay it unless it is the newest that is approved."""
    approved, paid = (_morning(month.end, day, world) for day in (APPROVED_ON, PAID_ON))
    calculate_period(period=month.name, now=min(approved, world.moment))
    if approved > world.moment:
        return
    waiting = Statement.objects.filter(starts_on=month.start, ends_on=month.last_day, approval=None, is_sample=True)
    for rep in Rep.objects.filter(pk__in=waiting.values("rep")).order_by("pk"):
        for statement in approve_statements(rep=rep, period=month, by=admin, now=approved):
            if month.end < containing(world.today, "month").start and paid <= world.moment:
                pay_statement(statement=statement, by=admin, now=paid)


def _morning(first: datetime.date, day: int, world: World) -> datetime.datetime:
    return local_instant(datetime.datetime.combine(first.replace(day=day), datetime.time(10)), world.zone)


def _doubt(world: World) -> None:
    """The rep who signs in doubts the first line of the newest statement that is not paid."""
    rows = Statement.objects.filter(rep__user__email=settings.SAMPLE_SIGN_INS[Role.REP], lines__deal__isnull=False)
    newest = rows.filter(status=Statement.Status.APPROVED).order_by("-starts_on").first()
    if newest is not None:
        by = User.objects.get(email=settings.SAMPLE_SIGN_INS[Role.REP])
        open_dispute(statement=newest, line=1, text=DOUBT, by=by, now=world.moment - datetime.timedelta(hours=15))
