"""The sample's accounts and contacts, made as deals and leads need them."""

import datetime
from decimal import Decimal
from random import Random

from accounts.models import Account, Contact
from pipeline.sample import names
from pipeline.sample.money import foreign_currencies, price_scale
from pipeline.sample.people import REGIONS, Seller
from pipeline.sample.world import World

SEGMENTS = {"Small business": (52, 5, 60), "Mid-market": (33, 60, 600), "Enterprise": (15, 600, 9000)}
"""Share in a hundred, and from how many employees to how many."""

KEY_FROM = 2500
"""Customers with more employees are key accounts."""


class Customer:
    """What later deals of an account need to know. Small, because a large sample has very many of them."""

    __slots__ = (
        "account_id",
        "currency",
        "dimensions",
        "is_key",
        "name",
        "new",
        "people",
        "seen_on",
        "seller",
        "won_on",
    )

    def __init__(self, account: Account, contacts: list[Contact], currency: str, seller: Seller) -> None:
        self.new: tuple[Account, list[Contact]] | None = (account, contacts)
        self.name, self.currency, self.seller = account.name, currency, seller
        self.dimensions = (account.segment, account.industry, account.region)
        self.is_key = account.is_key
        self.seen_on = account.created_at.date()
        self.won_on: datetime.date | None = None
        self.account_id = 0
        self.people: tuple[tuple[int, str, str, str], ...] = ()

    @property
    def segment(self) -> str:
        return self.dimensions[0]

    @property
    def account(self) -> Account:
        """The stored account, with what a deal's history takes from it."""
        segment, industry, region = self.dimensions
        return Account(
            pk=self.account_id, name=self.name, segment=segment, industry=industry, region=region, is_key=self.is_key
        )  # fmt: skip

    def contact(self, random: Random) -> Contact:
        """One of the stored contacts."""
        pk, name, email, phone = random.choice(self.people)
        return Contact(pk=pk, account_id=self.account_id, name=name, email=email, phone=phone)

    def stored(self) -> None:
        """Forget the rows once they are in the database."""
        account, contacts = self.new or (None, [])
        if account is not None:
            self.account_id = account.pk
        self.people = tuple((row.pk, row.name, row.email, row.phone) for row in contacts)
        self.new = None


class Customers:
    """Finds accounts; keeps those that are new until ``save`` stores them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.all: list[Customer] = []
        self.winners: list[Customer] = []
        self._new: list[Customer] = []
        self._names: set[str] = set()

    def meet(self, seller: Seller, day: datetime.date) -> Customer:
        """A new account of ``seller``, first heard of on ``day``."""
        random = self.world.random("account", len(self.all))
        industry = random.choice(list(names.INDUSTRIES))
        segment = random.choices(list(SEGMENTS), weights=[share for share, _low, _high in SEGMENTS.values()])[0]
        _share, low, high = SEGMENTS[segment]
        name = self._name(random.choice([None, None, "Group"]), random, industry)
        employees = int(low * (high / low) ** random.random())
        revenue = Decimal(employees * random.randrange(90, 260) * 1000) * price_scale(self.world)
        home, first, second = self.world.company.base_currency, *foreign_currencies(self.world)
        account = Account(
            name=name, domain=f"{name.lower().replace(' ', '-')}.example", industry=industry, segment=segment,
            region=seller.region if random.random() < 0.9 else random.choice(REGIONS), employees=employees,
            annual_revenue=revenue if random.random() < 0.8 else None, owner=seller.rep,
            created_at=self.world.instant(day, random), is_sample=True,
            is_key=employees > KEY_FROM,
        )  # fmt: skip
        contacts = []
        for _number in range(random.choice((1, 1, 2, 3))):
            person = names.person(random)
            contacts.append(
                Contact(
                    name=person, email=names.address(person, account.domain), title=random.choice(names.TITLES),
                    phone=f"+1 555 01{random.randrange(100):02}", created_at=account.created_at, is_sample=True,
                )
            )  # fmt: skip
        customer = Customer(account, contacts, random.choices((home, first, second), weights=(76, 14, 10))[0], seller)
        self.all.append(customer)
        self._new.append(customer)
        return customer

    def find_again(self, day: datetime.date, number: int, *, won: bool) -> Customer | None:
        """An account known before ``day``; with ``won`` one that has bought by then. None when there is none."""
        pool, random = (self.winners if won else self.all), self.world.random("again", number, won)
        for _attempt in range(6 if pool else 0):
            customer = random.choice(pool)
            seen = customer.won_on if won else customer.seen_on
            if seen and seen < day:
                return customer
        return None

    def won(self, customer: Customer, day: datetime.date) -> None:
        """Remember that the account bought on ``day``."""
        if customer.won_on is None:
            customer.won_on = day
            self.winners.append(customer)

    def save(self) -> None:
        """Store the new accounts and their contacts."""
        rows = [customer.new for customer in self._new if customer.new]
        Account.objects.bulk_create([account for account, _contacts in rows], batch_size=500)
        for account, contacts in rows:
            for contact in contacts:
                contact.account = account
        Contact.objects.bulk_create([contact for _account, contacts in rows for contact in contacts], batch_size=500)
        for customer in self._new:
            customer.stored()
        self._new = []

    def _name(self, ending: str | None, random: object, industry: str) -> str:
        name = names.company(random, industry)  # type: ignore[arg-type]
        if ending:
            name = f"{name} {ending}"
        number = 2
        plain = name
        while name in self._names:
            name, number = f"{plain} {number}", number + 1
        self._names.add(name)
        return name
