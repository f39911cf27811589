"""The sample's accounts and contacts, made as deals and leads need them."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.models import Account, Contact
from pipeline.sample import names
from pipeline.sample.money import foreign_currencies, price_scale
from pipeline.sample.people import REGIONS, Seller
from pipeline.sample.world import World

SEGMENTS = {"Small business": (52, 5, 60), "Mid-market": (33, 60, 600), "Enterprise": (15, 600, 9000)}
"""Share in a hundred, and from how many employees to how many."""


@dataclass
class Customer:
    """An account in memory: what later deals of it need."""

    account: Account
    currency: str
    seller: Seller
    contacts: list[Contact] = field(default_factory=list)
    won_on: datetime.date | None = None


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
        )  # fmt: skip
        customer = Customer(account, random.choices((home, first, second), weights=(76, 14, 10))[0], seller)
        for _number in range(random.choice((1, 1, 2, 3))):
            person = names.person(random)
            customer.contacts.append(
                Contact(
                    name=person, email=names.address(person, account.domain), title=random.choice(names.TITLES),
                    phone=f"+1 555 01{random.randrange(100):02}", created_at=account.created_at, is_sample=True,
                )
            )  # fmt: skip
        self.all.append(customer)
        self._new.append(customer)
        return customer

    def find_again(self, day: datetime.date, number: int, *, won: bool) -> Customer | None:
        """An account known before ``day``; with ``won`` one that has bought by then. None when there is none."""
        pool, random = (self.winners if won else self.all), self.world.random("again", number, won)
        for _attempt in range(6 if pool else 0):
            customer = random.choice(pool)
            seen = customer.won_on if won else customer.account.created_at.date()
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
        Account.objects.bulk_create([customer.account for customer in self._new], batch_size=500)
        contacts = []
        for customer in self._new:
            for contact in customer.contacts:
                contact.account = customer.account
                contacts.append(contact)
        Contact.objects.bulk_create(contacts, batch_size=500)
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
