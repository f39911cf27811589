"""What the sample company's selling costs each month."""

import datetime
from decimal import Decimal
from random import Random

from accounts.memberships import TeamHistory
from accounts.models import Rep, Team
from accounts.money import to_minor
from accounts.rates import RateBook
from metrics.models import Expense
from metrics.pricing import price
from metrics.sample.months import months_of, won_by_month
from pipeline.models import Campaign
from pipeline.sample.money import foreign_currencies, in_currency, price_scale
from pipeline.sample.world import World

Category = Expense.Category
COMMISSION = Decimal("0.03")
SALARY = (3400, 5600)
OF_A_TEAM = (
    # category, what for, about how much a month
    (Category.TRAVEL, "Visits to customers", 640),
    (Category.TOOLS, "Phones and software", 380),
)
OF_THE_COMPANY = (
    # category, purpose, what for, about how much, every how many months
    (Category.OVERHEAD, Expense.Purpose.ACQUIRE, "Rent and energy, share of sales", 4200, 1),
    (Category.MARKETING, Expense.Purpose.ACQUIRE, "Agency", 2600, 1),
    (Category.SUPPORT, Expense.Purpose.RETAIN, "Help desk", 5100, 1),
    (Category.ENABLEMENT, Expense.Purpose.ACQUIRE, "Sales training", 3800, 3),
    (Category.OTHER, Expense.Purpose.RETAIN, "Customer dinner", 900, 6),
)
RAISE_A_YEAR = 1.03


class _Books:
    """The costs while they are booked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = world.company.base_currency
        self.abroad = foreign_currencies(world)[0]
        self.scale = price_scale(world)
        self.rates = RateBook.load([self.abroad, self.base], world.company)
        self.reps = list(Rep.objects.filter(is_sample=True).order_by("pk"))
        self.memberships = TeamHistory.load([rep.pk for rep in self.reps])
        self.teams = list(Team.objects.filter(is_sample=True, children=None).order_by("pk"))
        self.fairs = list(
            Campaign.objects.filter(is_sample=True, channel__name__startswith="Trade fair").order_by("pk")
        )
        self.won = won_by_month()
        self.rows: list[Expense] = []

    def month(self, number: int, first: datetime.date, last: datetime.date) -> None:
        random = self.world.random("costs", number)
        growth = RAISE_A_YEAR ** (number / 12)
        for rep in self.reps:
            self._rep(rep, first, last, growth)
        for team in self.teams:
            for category, note, amount in OF_A_TEAM:
                self.add(last, category, amount * growth * random.uniform(0.6, 1.4), team=team, note=note)
        for category, purpose, note, amount, every in OF_THE_COMPANY:
            if number % every == 0:
                self.add(last, category, amount * growth * random.uniform(0.9, 1.1), purpose=purpose, note=note)
        if number % 4 == 1:
            self.add(last, Category.TOOLS, -180 * random.uniform(0.8, 1.2), note="Credit note")
        self.add(first, Category.TOOLS, 240 * growth, currency=self.abroad, note="Subscription from abroad")

    def _rep(self, rep: Rep, first: datetime.date, last: datetime.date, growth: float) -> None:
        if (rep.hired_on and rep.hired_on > last) or (rep.left_on and rep.left_on < first):
            return
        salary = self.world.random("salary", rep.external_id or rep.name).uniform(*SALARY)
        end = min(last, rep.left_on or last)
        self.add(end, Category.SALARY, salary * growth, rep=rep)
        won = self.won.get(first, {}).get(rep.pk, 0)
        if won > 0:
            pay = in_currency(Decimal(won) * COMMISSION / Decimal(to_minor(Decimal(1), self.base)), self.base)
            self._book(end, Category.COMMISSION, pay, self.base, rep=rep)

    def fair(self, campaign: Campaign, random: Random) -> None:
        """People and goods at a trade fair."""
        day = min(campaign.ends_on or self.world.last_day, self.world.last_day)
        if self.world.first_day <= day and (campaign.starts_on or day) <= day:
            self.add(day, Category.TRAVEL, random.uniform(1500, 2600), campaign=campaign, note="Team at the fair")

    def add(
        self, day: datetime.date, category: str, euros: float, *, currency: str = "", **about: object
    ) -> None:  # fmt: skip
        """Book roughly what ``euros`` come to."""
        amount = in_currency(Decimal(f"{euros:.2f}") * (Decimal(1) if currency else self.scale), currency or self.base)
        self._book(day, category, amount, currency or self.base, **about)

    def _book(self, day: datetime.date, category: str, amount: Decimal, currency: str, **about: object) -> None:
        found = price(
            amount, currency, day, rates=self.rates, company=self.world.company, today=self.world.today
        )  # fmt: skip
        row = Expense(
            day=day, category=category, currency=currency, amount_minor=found.amount_minor, rate=found.rate,
            base_minor=found.base_minor, created_at=self.world.moment, is_sample=True, **about,
        )  # fmt: skip
        if row.rep_id:
            row.team_id = self.memberships.team_on(row.rep_id, day)
        if row.campaign_id:
            row.channel_id = row.campaign.channel_id  # type: ignore[union-attr]
        self.rows.append(row)


def book_costs(world: World) -> int:
    """Salaries, commission, travel, tools and the rest, month by month; how many rows."""
    books = _Books(world)
    for number, first, last in months_of(world):
        books.month(number, first, last)
    for number, campaign in enumerate(books.fairs):
        books.fair(campaign, world.random("fair", number))
    Expense.objects.bulk_create(books.rows, batch_size=1000)
    return len(books.rows)
