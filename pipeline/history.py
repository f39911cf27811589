"""Append events to deals and keep versions, visits and the deal row in step with them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.bulk_rows import insert_objects, update_objects
from accounts.business_dates import business_date, day_start
from accounts.memberships import TeamHistory
from accounts.models import Company, Rep, User
from accounts.money import convert_minor, from_minor
from pipeline.changed_days import changed_spans, queue_days, queue_neighbours
from pipeline.fold import Event, Folded, State, fold
from pipeline.models import ChangedDay, Deal, DealEvent, DealVersion, StageVisit, VersionCredit
from pipeline.version_parts import FigureBook, VersionParts
from pipeline.visit_rows import visit_row

BATCH = 1000


@dataclass(frozen=True)
class Change:
    """What an action learnt about a deal; becomes one DealEvent."""

    deal_id: int
    patch: dict[str, Any]
    effective_on: datetime.date
    effective_at: datetime.datetime | None = None
    by: User | None = None
    by_text: str = ""
    reason: str = ""
    import_run_id: int | None = None


def append_changes(changes: Sequence[Change], *, now: datetime.datetime, company: Company) -> None:
    """Write the events and fold their deals anew. Runs in the caller's transaction."""
    insert_objects(
        [
            DealEvent(
                deal_id=change.deal_id,
                patch=change.patch,
                effective_on=change.effective_on,
                effective_at=change.effective_at,
                recorded_at=now,
                by=change.by,
                by_text=change.by_text,
                reason=change.reason,
                import_run_id=change.import_run_id,
            )
            for change in changes
        ]
    )
    refold_deals({change.deal_id for change in changes}, now=now, company=company)


def refold_deals(deal_ids: Iterable[int], *, now: datetime.datetime, company: Company, reprices: bool = False) -> int:
    """Fold the deals' events and store what differs; the number of versions written.

    Nothing is overwritten: a version that no longer holds is superseded. The spans of days that changed are queued for
    the nightly run. Twice in a row changes nothing. ``reprices``: also where a product's price or cost has come since.
    """
    ids = sorted(set(deal_ids))
    written = 0
    for start in range(0, len(ids), BATCH):
        written += _Refold(ids[start : start + BATCH], now, company).run(reprices=reprices)
    return written


def find_differing_deals(deal_ids: Iterable[int], *, now: datetime.datetime, company: Company) -> list[int]:
    """Deals whose stored versions are not what their events come to; reads only. Empty when history holds."""
    ids = sorted(set(deal_ids))
    differing: set[int] = set()
    for start in range(0, len(ids), BATCH):
        differing |= _Refold(ids[start : start + BATCH], now, company).differing()
    return sorted(differing)


class _Refold:
    """One batch of deals: read everything with a few queries, fold in memory, write in bulk."""

    def __init__(self, deal_ids: list[int], now: datetime.datetime, company: Company) -> None:
        self.now, self.company, self.zone = now, company, company.zone
        self.today = business_date(now, self.zone)
        self.deals = Deal.objects.in_bulk(deal_ids)
        self.events: dict[int, list[Event]] = defaultdict(list)
        for row in DealEvent.objects.filter(deal__in=deal_ids).values_list(
            "deal_id", "id", "patch", "effective_on", "effective_at"
        ):
            self.events[row[0]].append(Event(*row[1:]))
        self.stored: dict[int, list[DealVersion]] = defaultdict(list)
        for version in DealVersion.objects.filter(deal__in=deal_ids, superseded_at=None):
            self.stored[version.deal_id].append(version)
        owners = {event.patch["owner"] for rows in self.events.values() for event in rows if event.patch.get("owner")}
        credited = {
            int(rep) for rows in self.events.values() for event in rows for rep, _ in event.patch.get("credits") or []
        }
        self.teams = TeamHistory.load(owners | credited)
        self.rank = dict(Rep.objects.filter(pk__in=credited).values_list("pk", "external_id"))
        self.credit_teams: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        for version_id, rep, team in VersionCredit.objects.filter(
            version__deal__in=deal_ids, version__superseded_at=None
        ).values_list("version_id", "rep_id", "team_id"):
            self.credit_teams[version_id].append((rep, team))
        self.new: list[tuple[DealVersion, State]] = []
        self.gone: list[DealVersion] = []

    def run(self, *, reprices: bool = False) -> int:
        visits: list[StageVisit] = []
        folds = {
            deal_id: fold(self.events[deal_id], self.teams, lambda day: day_start(day, self.zone))
            for deal_id in self.deals
        }
        prices = None
        if reprices:
            states = [state for folded in folds.values() for state in folded.states]
            prices = FigureBook(states, self.company)
        for deal_id, deal in self.deals.items():
            folded = folds[deal_id]
            self._compare(deal_id, folded.states, prices)
            write_current(deal, folded, self.company)
            visits += [visit_row(deal_id, visit, self.zone) for visit in folded.visits]
        self._store()
        StageVisit.objects.filter(deal__in=list(self.deals)).delete()
        insert_objects(visits)
        update_objects(self.deals.values(), CURRENT_FIELDS)
        return len(self.new)

    def differing(self) -> set[int]:
        for deal_id in self.deals:
            self._compare(deal_id, fold(self.events[deal_id], self.teams, lambda day: day_start(day, self.zone)).states)
        return {version.deal_id for version in [*(version for version, _state in self.new), *self.gone]}

    def _compare(self, deal_id: int, states: list[State], prices: FigureBook | None = None) -> None:
        kept = {(version.valid_from, version.digest): version for version in self.stored[deal_id]}
        for state in states:
            same = kept.get((state.valid_from, state.digest))
            has_prices = (
                prices is not None and same is not None and same.outcome == "won" and prices.differs(same, state)
            )
            if same is not None and not has_prices and not self._has_moved_credits(same):
                del kept[same.valid_from, same.digest]
                continue
            self.new.append((version_of(deal_id, state, recorded_at=self.now, company=self.company), state))
        self.gone += kept.values()

    def _has_moved_credits(self, version: DealVersion) -> bool:
        """Whether a credited rep is known by now to have been in another team on the closing day."""
        day = version.closed_on or version.valid_from
        return any(self.teams.team_on(rep, day) != team for rep, team in self.credit_teams[version.pk])

    def _store(self) -> None:
        DealVersion.objects.filter(pk__in=[version.pk for version in self.gone]).update(superseded_at=self.now)
        parts = VersionParts(self.new, self.teams, self.rank, self.company)
        insert_objects([version for version, _state in self.new])
        self._keep_out_of_books()
        parts.store()
        created = [version for version, _state in self.new]
        touched = created + self.gone
        queue_days(ChangedDay.Subject.DEALS, changed_spans(self.gone, created, self.today), now=self.now)
        closings = [version.closed_on or version.valid_from for version in touched if version.outcome != "open"]
        if closings:
            accounts = {version.account_id for version in touched if version.account_id}
            queue_neighbours(accounts, list(self.deals), now=self.now, since=min(closings))

    def _keep_out_of_books(self) -> None:
        """What was long in the writing while books were frozen is learnt after them: a frozen figure never moves.

        Asked after the versions were written: who freezes waits for those whose versions it can't see yet.
        """
        moment = Company.learnt_at(self.now)
        if moment == self.now:
            return
        DealVersion.objects.filter(pk__in=[version.pk for version in self.gone]).update(superseded_at=moment)
        DealVersion.objects.filter(pk__in=[version.pk for version, _state in self.new]).update(recorded_at=moment)


def version_of(deal_id: int, state: State, *, recorded_at: datetime.datetime, company: Company) -> DealVersion:
    """A state as the row that keeps it, unsaved."""
    fields = state.fields
    base_minor = base_of(fields, company)
    return DealVersion(
        deal_id=deal_id,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        recorded_at=recorded_at,
        outcome=fields["outcome"],
        opened_on=fields["opened_on"],
        closed_on=state.closed_on,
        closed_at=fields["closed_at"] if state.closed_on else None,
        cycle_days=cycle_days(fields["opened_on"], state.closed_on),
        discounted_on=state.discounted_on,
        pipeline_id=fields["pipeline"],
        stage_id=fields["stage"],
        owner_id=fields["owner"],
        team_id=state.team,
        amount_minor=fields["amount_minor"],
        currency=fields["currency"],
        rate=rate_for_show(fields["rate"]),
        base_minor=base_minor,
        probability_bp=fields["probability_bp"] or 0,
        category=fields["category"] or "",
        expected_close_on=fields["expected_close_on"],
        kind=fields["kind"],
        lost_reason_id=fields["lost_reason"],
        account_id=fields["account"],
        channel_id=fields["channel"],
        campaign_id=fields["campaign"],
        segment=fields["segment"] or "",
        industry=fields["industry"] or "",
        region=fields["region"] or "",
        is_key=fields.get("is_key", False),
        digest=state.digest,
    )


def cycle_days(opened_on: str | None, closed_on: datetime.date | None) -> int | None:
    """Whole days from opening to close; None while the deal is open or when its start is not known."""
    if opened_on is None or closed_on is None:
        return None
    return (closed_on - datetime.date.fromisoformat(opened_on)).days


def base_of(fields: dict[str, Any], company: Company) -> int | None:
    """Minor units of the base currency; None when the amount or a rate is not known."""
    if fields["amount_minor"] is None or fields["rate"] is None:
        return None
    return convert_minor(fields["amount_minor"], fields["currency"], company.base_currency, Fraction(fields["rate"]))


def rate_for_show(rate: str | None) -> Decimal | None:
    """The frozen rate with ten decimals, for people to read; the exact one stays in the event."""
    return None if rate is None else round(Decimal(Fraction(rate).numerator) / Fraction(rate).denominator, 10)


CURRENT_FIELDS = [
    "outcome", "stage", "pipeline", "owner", "amount", "currency", "rate", "base_minor", "expected_close_on", "kind",
    "lost_reason", "account", "channel", "campaign", "opened_at", "closed_at", "stage_entered_at", "deleted_at",
]  # fmt: skip
"""Columns of Deal that the last folded state fills."""

_FOREIGN = ("stage", "pipeline", "owner", "lost_reason", "account", "channel", "campaign")


def write_current(deal: Deal, folded: Folded, company: Company) -> None:
    """Fill the deal's columns from its last state, unsaved. The row never says anything that its events don't."""
    last = folded.last
    if not last:
        return
    for key in _FOREIGN:
        setattr(deal, f"{key}_id", last.get(key))
    deal.outcome, deal.kind, deal.currency = last["outcome"], last["kind"], last["currency"]
    minor = last.get("amount_minor")
    deal.amount = None if minor is None else from_minor(minor, deal.currency)
    deal.rate, deal.base_minor = rate_for_show(last.get("rate")), base_of(last, company)
    deal.expected_close_on = _day(last.get("expected_close_on"))
    deal.opened_at, deal.closed_at = _instant(last.get("opened_at")), None
    if deal.outcome != "open":
        deal.closed_at = _instant(last.get("closed_at"))
    deal.deleted_at = _instant(last.get("deleted")) if last.get("deleted") else None
    deal.stage_entered_at = folded.visits[-1].entered_at if folded.visits else None


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _instant(text: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if text else None
