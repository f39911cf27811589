"""Load the sample company: people and catalogue first, then deals with all that belongs to them, a batch at a time."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from accounts.bulk_rows import insert_objects, update_objects
from accounts.business_dates import local_instant
from accounts.errors import ActionRefused
from accounts.models import Company, Rep, Team, TeamMembership, User
from accounts.rates import RateBook
from pipeline.history import queue_days
from pipeline.models import Activity, ChangedDay, Credit, Deal, DealLine, Lead, Product, Subscription, Touch
from pipeline.replay import store_histories
from pipeline.sample.activities import Activities
from pipeline.sample.catalogue import Catalogue, Way, stock_catalogue
from pipeline.sample.customers import Customer, Customers
from pipeline.sample.leads import Leads
from pipeline.sample.marketing import run_campaigns
from pipeline.sample.money import foreign_currencies, quote_rates
from pipeline.sample.people import Staff, hire_staff
from pipeline.sample.plots import Brief, Plot, Plotter
from pipeline.sample.stories import Tale, Teller
from pipeline.sample.subscriptions import subscribe
from pipeline.sample.world import World

BATCH = 500


@dataclass(frozen=True)
class Size:
    """How large a sample is. ``activities`` None: about six a deal."""

    reps: int = 12
    months: int = 24
    deals: int = 4000
    activities: int | None = None


def sample_is_loaded() -> bool:
    """Whether a sample company is in the database, or people of one that could not be taken away."""
    company = Company.current()
    return company.sample_day is not None or User.objects.filter(email__endswith=f"@{settings.SAMPLE_DOMAIN}").exists()


@transaction.atomic
def load_sample(
    *, size: Size, seed: int, today: datetime.date, progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Create the sample of ``seed`` as of ``today``; how many of what. ``progress(done, deals)`` is told now and then.

    ActionRefused when a sample is there already.
    """
    if sample_is_loaded():
        raise ActionRefused("A sample company is loaded already. Take it away first: manage.py remove_sample.")
    company = Company.current()
    world = World(seed, today, size.months, company)
    load = _Load(world, size)
    days = world.opening_days(size.deals, "openings")
    for start in range(0, size.deals, BATCH):
        load.batch(list(enumerate(days[start : start + BATCH], start=start)))
        if connection.vendor == "postgresql":
            connection.check_constraints()  # else the database keeps them all in memory until the end
        progress(min(start + BATCH, size.deals), size.deals)
    load.finish()
    Company.objects.update(sample_day=today)
    return dict(load.counts)


def _date_history(world: World) -> None:
    """People and products were there from the sample's first day on, not since it was loaded."""
    began = local_instant(datetime.datetime.combine(world.first_day, datetime.time.min), world.zone)
    for model in (Team, Rep, Product):
        model.history.filter(is_sample=True).update(history_date=began)
    TeamMembership.history.filter(rep__in=Rep.objects.filter(is_sample=True)).update(history_date=began)


class _Load:
    """The sample while it is made: who and what exists, and what the next batch builds on."""

    def __init__(self, world: World, size: Size) -> None:
        self.world, self.size = world, size
        quote_rates(world)
        self.staff: Staff = hire_staff(world, size.reps)
        self.catalogue: Catalogue = stock_catalogue(world)
        _date_history(world)
        efforts = run_campaigns(world, self.catalogue.sources)
        self.customers = Customers(world)
        self.leads = Leads(world, self.staff, self.catalogue.sources, efforts)
        wanted = round(size.deals * 6.25) if size.activities is None else size.activities
        self.activities = Activities(world, self.staff, wanted, size.deals)
        self.rates = RateBook.load(foreign_currencies(world), world.company)
        self.recurring = frozenset(o.product.pk for o in self.catalogue.offers if o.product.recurring)
        self.rank = {seller.rep.pk: seller.rep.external_id for seller in self.staff.sellers}
        self.counts: Counter[str] = Counter()

    def batch(self, numbered: list[tuple[int, datetime.date]]) -> None:
        """Deals of some days with their leads, activities and subscriptions."""
        plotted = [self._plot(number, day) for number, day in numbered]
        self.customers.save()
        offers = self.catalogue.offers
        tales = [Teller(self.world, self.rates, self.staff, offers, brief, plot).tell() for brief, plot in plotted]
        inquiries = [self.leads.around(tale) for tale in tales]
        done = [row for tale, around in zip(tales, inquiries, strict=True) for row in self.activities.of(tale, around)]
        self._store(tales)
        leads = [inquiry.lead for around in inquiries for inquiry in around]
        self._add("leads", Lead, leads)
        self._add(
            "touches", Touch, [touch for around in inquiries for row in around for touch in self.leads.touches(row)]
        )
        self._add("activities", Activity, done)
        self._add(
            "subscriptions",
            Subscription,
            [row for tale in tales for row in subscribe(self.world, tale, self.recurring, self.rates)],
        )

    def _store(self, tales: list[Tale]) -> None:
        histories = [tale.history for tale in tales]
        self.counts["deals"] += len(histories)
        self.counts["versions"] += store_histories(
            histories, teams=self.staff.teams, rank=self.rank, company=self.world.company, now=self.world.moment
        )
        for tale in tales:
            tale.deal.created_at = tale.opened_at
            tale.deal.updated_at = tale.history.events[-1].recorded_at
        update_objects([tale.deal for tale in tales], ["created_at", "updated_at"])
        self._add("lines", DealLine, [line for tale in tales for line in tale.lines])
        self._add("credits", Credit, [credit for tale in tales for credit in tale.credits])

    def _add(self, what: str, model: type[Model], rows: list[Any]) -> None:
        insert_objects(rows)
        self.counts[what] += len(rows)

    def finish(self) -> None:
        """Queue the days that the nightly run has to compute."""
        span = [(self.world.first_day, self.world.today)]
        for subject in (ChangedDay.Subject.LEADS, ChangedDay.Subject.ACTIVITIES, ChangedDay.Subject.CAPACITY):
            queue_days(subject, span, now=self.world.moment)

    def _plot(self, number: int, day: datetime.date) -> tuple[Brief, Plot]:
        """Who sells what to whom, and how it goes."""
        random = self.world.random("brief", number)
        seller = self.staff.pick(day, random)
        again = random.random()
        customer = self.customers.find_again(day, number, won=again < 0.2) if again < 0.32 else None
        bought = customer is not None and customer.won_on is not None and customer.won_on < day
        kind, way = self._kind(random.random(), customer if bought else None)
        if customer is None:
            customer = self.customers.meet(seller, day)
        elif customer.seller.weight_on(day):
            seller = customer.seller
        source, effort = self.leads.origin(day, random)
        brief = Brief(number, day, seller, customer, way, kind, source, effort)
        plot = Plotter(self.world, self.catalogue, self.staff, brief).draw()
        won = [at for at, what, _value in plot.happenings if what == "won"]
        if won and kind != Deal.Kind.CREDIT:
            self.customers.won(customer, won[0])
        return brief, plot

    def _kind(self, chance: float, customer: Customer | None) -> tuple[str, Way]:
        """A first sale, or for who has bought before a renewal, more of it, or money back."""
        if customer is None or chance > 0.95:
            return Deal.Kind.NEW, self.catalogue.sales
        if chance < 0.55:
            return Deal.Kind.RENEWAL, self.catalogue.renewals
        return Deal.Kind.CREDIT if chance < 0.59 else Deal.Kind.EXPANSION, self.catalogue.sales
