"""More rows of every kind, piled up round the records of the cast: what a page would read one by one if it could."""

import datetime
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.models import Account, AuditEntry, ExchangeRate, Holiday, JobRun, Rep, TeamMembership
from metrics.models import Benchmark, Book, Expense, Indicator, IndicatorReading, MarketSize, SurveyResponse, Target
from metrics.periods import parse_period
from pipeline.models import (
    Campaign,
    CampaignSpend,
    Channel,
    Credit,
    Deal,
    DealEvent,
    DealLine,
    DealVersion,
    ImportRun,
    Lead,
    LostReason,
    Pipeline,
    Product,
    Stage,
    StageVisit,
    Subscription,
    Touch,
    VersionCredit,
)
from tests.access.belongings import Kind
from tests.cast import NOW, Cast

DAY = datetime.timedelta(days=1)
Vary = Callable[[int], Any]


def copies(row: Model, numbers: range, **varied: Vary) -> list[Any]:
    """Copies of a row, saved; ``varied`` are the fields that differ, each from the number of the copy."""
    made = [_copy(row, **{field: vary(number) for field, vary in varied.items()}) for number in numbers]
    return type(row)._default_manager.bulk_create(made, batch_size=500)


def _copy(row: Model, **values: Any) -> Model:
    other = copy(row)
    other._state = copy(row._state)
    other._state.fields_cache = {}
    other.pk = None
    if hasattr(other, "external_id"):
        other.external_id = None
    for field, value in values.items():
        setattr(other, field, value)
    return other


def named(word: str) -> Vary:
    return lambda number: f"{word} {number:04}"


def ago(number: int) -> datetime.date:
    return NOW.date() - (number + 1) * DAY


class ManyRows:
    """Adds rows to the company of the cast, a range of numbers at a time."""

    def __init__(self, cast: Cast, kinds: dict[str, Kind]) -> None:
        self.cast, self.kinds = cast, kinds
        self.own = cast.owns["rep"]

    def add(self, few: range, many: range) -> None:
        """``few``: what a company has dozens of: people, teams, the set-up. ``many``: records."""
        self._people(few)
        self._catalogue(few)
        self._facts(few)
        self._records(many)
        self._round_the_deal(few)

    def _of(self, kind: str) -> int:
        return next(iter(self.kinds[kind].pks.values()))

    def _people(self, numbers: range) -> None:
        """Teams below the manager's, in two levels, and reps in all of them, who each own a deal and a lead."""
        teams = copies(
            self.cast.north, numbers, name=named("Team"), slug=lambda n: f"team-{n}", parent=lambda n: self.cast.north
        )
        below = copies(
            self.cast.north, numbers, name=named("Below"), slug=lambda n: f"below-{n}", parent=lambda n: teams[0]
        )
        places = [self.cast.north, self.cast.south, *teams, *below]
        users = copies(self.cast.rep, numbers, email=lambda n: f"user{n}@cast.test", name=named("User"))
        self.reps = copies(
            self.cast.reps["rep"], numbers, name=named("Rep"), email=lambda n: f"rep{n}@cast.test",
            user=lambda n: users[n - numbers[0]], team=lambda n: places[n % len(places)],
        )  # fmt: skip
        TeamMembership.objects.bulk_create(TeamMembership(rep=rep, team=rep.team) for rep in self.reps)
        moved = TeamMembership.objects.filter(rep=self.cast.reps["rep"], ends_on=None).get()
        copies(moved, numbers, starts_on=lambda n: ago(30 + 2 * n), ends_on=lambda n: ago(30 + 2 * n))

    def _catalogue(self, numbers: range) -> None:
        self.channels = copies(Channel.objects.get(name="Web"), numbers, name=named("Channel"))
        campaign = Campaign.objects.get(name="Spring")
        self.campaigns = copies(
            campaign, numbers, name=named("Campaign"), channel=lambda n: self.channels[n - numbers[0]]
        )
        for each in (campaign, *self.campaigns):
            spend = CampaignSpend(campaign=each, amount=5, currency="EUR")
            copies(spend, numbers if each == campaign else numbers[:1], day=ago)
        self.products = copies(Product.objects.get(name="Licence"), numbers, name=named("Product"))
        copies(LostReason.objects.get(name="Price"), numbers, name=named("Reason"))
        stage = Stage.objects.get(name="Unused")
        for pipeline in copies(Pipeline.objects.get(name="Unused"), numbers[:5], name=named("Pipeline")):
            copies(stage, range(3), name=named("Stage"), pipeline=lambda n, pipeline=pipeline: pipeline)
        self.stages = copies(stage, numbers[:20], name=named("Stage"), position=lambda n: 100 + n)
        copies(ExchangeRate.objects.get(pk=self._of("rate")), numbers, day=ago)
        copies(Holiday(name="Feast"), numbers, day=ago)
        copies(JobRun.objects.get(pk=self._of("job")), numbers, key=named("night"))
        copies(ImportRun.objects.get(pk=self._of("import")), numbers, file_name=named("file"))
        copies(
            AuditEntry(by=self.cast.admin, action="change", subject_kind="deal"), numbers, subject_name=named("Deal")
        )

    def _facts(self, numbers: range) -> None:
        """What figures are made of besides records."""
        copies(Expense.objects.get(pk=self.kinds["expense"].pks["north"]), numbers, day=ago)
        indicator = Indicator.objects.get(name="Visits")
        copies(indicator, numbers, name=named("Indicator"), slug=lambda n: f"indicator-{n}")
        copies(IndicatorReading.objects.filter(indicator=indicator)[0], numbers, day=ago)
        copies(SurveyResponse.objects.get(pk=self.kinds["survey"].pks["rep"]), numbers)
        copies(Benchmark.objects.get(pk=self._of("benchmark")), numbers, source=named("Source"))
        copies(MarketSize.objects.get(pk=self._of("market size")), numbers, segment=named("Segment"))
        targets = self.kinds["target"].pks
        copies(
            Target.objects.get(pk=targets["rep"]), numbers,
            rep=lambda n: self.reps[n - numbers[0]], scope_id=lambda n: self.reps[n - numbers[0]].pk,
        )  # fmt: skip
        earlier = {"superseded_at": lambda n: NOW - n * DAY, "recorded_at": lambda n: NOW - (n + 1) * DAY}
        copies(Target.objects.get(pk=targets["rep"]), numbers, **earlier)
        months = [parse_period(f"{2019 + n // 12}-{n % 12 + 1:02}", today=NOW.date()) for n in range(numbers.stop)]
        spans: dict[str, Vary] = {"starts_on": lambda n: months[n].start, "ends_on": lambda n: months[n].last_day}
        copies(Book.objects.get(pk=self._of("frozen book")), numbers, name=lambda n: months[n].name, **spans)

    def _records(self, numbers: range) -> None:
        own, owners = self.own, [self.cast.reps["rep"], *self.reps]
        accounts = copies(own.account, numbers, name=named("Account"), parent=lambda n: own.account)
        copies(own.contact, numbers, name=named("Contact"))
        copies(own.lead, numbers, name=named("Lead"), **self._sources(), account=lambda n: own.account)
        queued = Lead.objects.get(pk=self.kinds["queued lead"].pks["rep"])
        copies(queued, numbers, name=named("Queued"), **self._sources())
        won = Deal.objects.get(pk=self.kinds["closed deal"].pks["rep"])
        for deal, word in ((own.deal, "Open"), (won, "Won")):
            self._deals(deal, word, numbers, [*owners[:1] * 3, *owners[1:]], accounts)
        for about in ("deal", "lead", "account", "contact"):
            subject = {field: lambda n, field=field: None for field in ("deal", "lead", "account", "contact")}
            subject[about] = lambda n, about=about: getattr(own, about)
            copies(own.activity, numbers, subject=named("Done"), **subject)
            due = {"due_at": lambda n: NOW + (n % 5 - 2) * DAY, "done_at": lambda n: None, "done_on": lambda n: None}
            copies(own.activity, numbers, **{**subject, **due, "subject": named("Planned")})
        copies(Touch.objects.get(pk=self.kinds["touch"].pks["rep"]), numbers, at=lambda n: NOW - n * DAY)
        subscription = Subscription.objects.get(pk=self.kinds["subscription"].pks["rep"])
        copies(subscription, numbers, account=lambda n: accounts[n % len(accounts)] if n % 2 else own.account)

    def _sources(self) -> dict[str, Vary]:
        return {
            "channel": lambda n: self.channels[n % len(self.channels)],
            "campaign": lambda n: self.campaigns[n % len(self.campaigns)],
        }

    def _deals(self, deal: Deal, word: str, numbers: range, owners: list[Rep], accounts: list[Account]) -> None:
        """Deals of all reps and accounts with their history, half of them of the account that the rep owns."""
        varied = {
            **self._sources(),
            "owner": lambda n: owners[n % len(owners)],
            "account": lambda n: accounts[n % len(accounts)] if n % 2 else self.own.account,
        }
        made = copies(deal, numbers, name=named(word), **varied)
        first = numbers[0]
        of_deal: dict[str, Vary] = {"deal": lambda n: made[n - first]}
        for model in (StageVisit, DealEvent):
            for row in model.objects.filter(deal=deal):
                copies(row, numbers, **of_deal)
        for version in DealVersion.objects.filter(deal=deal):
            team = {"team": lambda n: owners[n % len(owners)].team}
            versions = copies(version, numbers, **of_deal, **varied, **team)
            for part in VersionCredit.objects.filter(version=version):
                rep = {"rep": varied["owner"], **team}
                copies(part, numbers, version=lambda n, versions=versions: versions[n - first], **rep)

    def _round_the_deal(self, numbers: range) -> None:
        deal = self.own.deal
        line = DealLine(deal=deal, unit_price=Decimal(5))
        copies(line, numbers, product=lambda n: self.products[n - numbers[0]], position=lambda n: n)
        copies(Credit(deal=deal, share=Decimal("0.01")), numbers, rep=lambda n: self.reps[n - numbers[0]])
        event = DealEvent.objects.filter(deal=deal)[0]
        copies(event, numbers, patch=lambda n: {"amount": str(n)}, recorded_at=lambda n: NOW + n * DAY / 9999)
        stages = [deal.stage, *self.stages]
        visit = StageVisit.objects.filter(deal=deal)[0]
        ends = {"left_at": lambda n: NOW, "left_on": lambda n: NOW.date(), "days": lambda n: 0}
        copies(visit, numbers, stage=lambda n: stages[n % len(stages)], **ends)
