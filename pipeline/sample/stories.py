"""A sample deal told as events: the plot, put into the words of a deal's history."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.business_dates import business_date
from accounts.models import Rep
from accounts.rates import RateBook
from pipeline.models import Credit, Deal, DealEvent, DealLine, LostReason
from pipeline.patches import loss_patch, money_patch, opening_patch, rate_patch, stage_patch
from pipeline.replay import History
from pipeline.sample import names
from pipeline.sample.baskets import Basket, fill_basket
from pipeline.sample.catalogue import Offer
from pipeline.sample.money import in_currency
from pipeline.sample.people import Seller, Staff
from pipeline.sample.plots import Brief, Plot
from pipeline.sample.world import World

MINUTE = datetime.timedelta(minutes=1)
NAMES = {
    Deal.Kind.NEW: "{what}",
    Deal.Kind.EXPANSION: "{what}, extension",
    Deal.Kind.RENEWAL: "{what}, renewal {year}",
    Deal.Kind.CREDIT: "Credit for {what}",
}
"""What deals are called; whose they are, pages say beside it."""
SPLITS = (("0.7", "0.3"), ("0.5", "0.5"), ("0.6", "0.4"), ("0.333334", "0.333333", "0.333333"))


@dataclass
class Tale:
    """A deal with everything that other parts of the sample hang on it."""

    brief: Brief
    history: History
    basket: Basket
    owners: list[tuple[datetime.datetime, Seller]]
    opened_at: datetime.datetime
    closed_at: datetime.datetime | None = None
    outcome: str = "open"
    lines: list[DealLine] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)

    @property
    def deal(self) -> Deal:
        return self.history.deal

    def seller_at(self, at: datetime.datetime) -> Seller:
        """Who owned the deal at that time."""
        return next((seller for since, seller in reversed(self.owners) if since <= at), self.owners[0][1])


class Teller:
    """Turns one plot into events. Keeps the deal's state of the day while it goes along."""

    def __init__(
        self, world: World, rates: RateBook, staff: Staff, offers: list[Offer], brief: Brief, plot: Plot
    ) -> None:
        self.world, self.rates, self.staff, self.brief, self.plot = world, rates, staff, brief, plot
        self.random = world.random("tale", brief.number)
        self.zone = world.zone
        self.seller = brief.seller
        self.now = world.instant(brief.day, self.random)
        self.known_lines: list[list[Any]] | None = None
        self.amount: Decimal | None = None
        self.shares: list[tuple[Rep, Decimal]] = []
        customer, currency = brief.customer, brief.customer.currency
        factor = rates.factor(world.company.base_currency, currency, brief.day)
        rate = Decimal(1) if factor is None else Decimal(factor.numerator) / Decimal(factor.denominator)
        sold = [offer for offer in offers if offer.is_sold_on(brief.day)]
        self.basket = fill_basket(sold, customer.segment, currency, rate, self.random)
        self.deal = self._deal()
        self.events: list[DealEvent] = []

    def tell(self) -> Tale:
        opening = self._opening()
        self._event(opening, late=0.0)
        tale = Tale(self.brief, History(self.deal, self.events), self.basket, [(self.now, self.seller)], self.now)
        for day, what, value in self.plot.happenings:
            self._advance(day)
            patch = getattr(self, f"_{what}")(value)
            if patch:
                self._event(patch, late=0.07 if what in ("won", "lost", "lines") else 0.03)
            if what == "owner":
                tale.owners.append((self.now, self.seller))
            if what in ("won", "lost", "reopen"):
                tale.outcome = "open" if what == "reopen" else what
                tale.closed_at = None if what == "reopen" else self.now
        first, *rest = self.events
        tale.history.events = [first, *sorted(rest, key=lambda event: event.recorded_at)]
        self.deal.version = len(self.events)
        tale.lines = self._line_rows()
        tale.credits = [Credit(deal=self.deal, rep=rep, share=share) for rep, share in self.shares]
        return tale

    def _deal(self) -> Deal:
        brief, random = self.brief, self.random
        what = self.basket.offers[0].product.name.removesuffix(" (sample)")
        name = NAMES[brief.kind].format(what=what, year=brief.day.year)
        category = random.choices(("", "omitted", "best case", "commit"), weights=(94, 1.2, 2.6, 2.2))[0]
        return Deal(
            name=name, account=brief.customer.account,
            contact=brief.customer.contact(random), channel=brief.source.channel,
            campaign=brief.effort.campaign if brief.effort else None, owner=brief.seller.rep,
            pipeline=brief.way.pipeline, stage=brief.way.open[0], currency=brief.customer.currency, kind=brief.kind,
            opened_at=self.now, expected_close_on=self.plot.expected_on, forecast_category=category,
            probability=Decimal(random.randrange(2, 19) * 5) / 100 if random.random() < 0.03 else None, is_sample=True,
        )  # fmt: skip

    def _opening(self) -> dict[str, Any]:
        random = self.random
        rough = self.basket.amount(self.basket.offered) * Decimal(f"{random.uniform(0.7, 1.35):.2f}")
        amount = in_currency(round(rough, -2) or rough, self.deal.currency) if random.random() < 0.82 else None
        if self.brief.kind == Deal.Kind.CREDIT:
            amount = in_currency(-abs(rough) / 8, self.deal.currency)
        money = self._money(amount)
        return opening_patch(self.deal, opened_on=self._day(), money=money, stage=self.deal.stage)

    def _day(self) -> datetime.date:
        return business_date(self.now, self.zone)

    def _advance(self, day: datetime.date) -> None:
        """Go to a time of ``day`` that is later than anything before."""
        at = self.world.instant(day, self.random)
        self.now = max(at, self.now + self.random.randrange(2, 12) * MINUTE)

    def _event(self, patch: dict[str, Any], *, late: float) -> None:
        recorded = self.now + self.random.randrange(1, 25) * MINUTE if self.events else self.now
        reason = ""
        if self.random.random() < late:
            entered = recorded + datetime.timedelta(days=self.random.randrange(1, 10))
            if entered < self.world.moment:
                recorded, reason = entered, "Entered later"
        by = self.staff.manager_of(self.seller) if "owner" in patch and self.events else self.seller.rep.user
        self.events.append(
            DealEvent(
                patch=patch, effective_on=self._day(), effective_at=self.now, by=by, reason=reason,
                recorded_at=min(recorded, self.world.moment),
            )
        )  # fmt: skip

    def _money(self, amount: Decimal | None) -> dict[str, Any]:
        self.amount = amount
        return money_patch(
            amount=amount, currency=self.deal.currency, day=self._day(), rates=self.rates, company=self.world.company
        )

    def _own(self) -> dict[str, Any]:
        bp = None if self.deal.probability is None else int(self.deal.probability * 10_000)
        return {"probability_bp": bp, "category": self.deal.forecast_category}

    def _move(self, stage: int) -> dict[str, Any]:
        entered = self.brief.way.open[stage]
        patch = stage_patch(entered, **self._own())
        if "amount" in entered.required_fields and self.amount is None:
            patch |= self._lines("offered")
        return patch

    def _expected(self, day: datetime.date) -> dict[str, Any]:
        return {"expected_close_on": day.isoformat()}

    def _owner(self, seller: Seller) -> dict[str, Any]:
        self.seller = seller
        return {"owner": seller.rep.pk}

    def _lines(self, which: str) -> dict[str, Any]:
        self.known_lines = getattr(self.basket, which)
        return {"lines": self.known_lines, **self._money(self.basket.amount(self.known_lines))}

    def _won(self, _value: None) -> dict[str, Any]:
        patch = {**stage_patch(self.brief.way.won), "outcome": "won", "closed_at": self.now.isoformat()}
        patch |= loss_patch(None)
        if self.brief.kind == Deal.Kind.CREDIT:
            return patch | self._rate()
        patch |= self._lines("agreed" if self.random.random() < 0.8 else "offered")
        if self.random.random() < 0.12 and not self.shares:
            self._share()
            patch["credits"] = [[rep.pk, str(share)] for rep, share in self.shares]
        return patch

    def _lost(self, reason: LostReason) -> dict[str, Any]:
        if reason.name == "Competitor":
            self.deal.competitor = self.random.choice(names.COMPETITORS)
        closing = {"outcome": "lost", "closed_at": self.now.isoformat()}
        return {**stage_patch(self.brief.way.lost), **closing, **self._rate(), **loss_patch(reason)}

    def _reopen(self, _value: None) -> dict[str, Any]:
        stage = stage_patch(self.brief.way.open[-1], **self._own())
        return {**stage, "outcome": "open", "closed_at": None, **loss_patch(None), **self._rate()}

    def _rate(self) -> dict[str, Any]:
        return rate_patch(currency=self.deal.currency, day=self._day(), rates=self.rates, company=self.world.company)

    def _share(self) -> None:
        """Credit the owner together with one or two others."""
        parts = self.random.choice(SPLITS)
        reps = [self.seller.rep]
        for _other in parts[1:]:
            rep = self.staff.successor(self.seller, self._day(), self.random).rep
            if rep not in reps:
                reps.append(rep)
        if len(reps) == len(parts):
            self.shares = [(rep, Decimal(part)) for rep, part in zip(reps, parts, strict=True)]

    def _line_rows(self) -> list[DealLine]:
        return [
            DealLine(
                deal=self.deal, product_id=product, quantity=Decimal(quantity), unit_price=Decimal(price),
                discount=Decimal(discount), unit_cost=Decimal(cost), position=position,
            )
            for position, (product, quantity, price, discount, cost) in enumerate(self.known_lines or [])
        ]  # fmt: skip
