"""What the sample's reps did, and what they plan to do."""

import datetime
from random import Random
from typing import Any

from accounts.business_dates import business_date, local_instant
from pipeline.models import Activity
from pipeline.sample import names
from pipeline.sample.leads import Inquiry
from pipeline.sample.people import Seller, Staff
from pipeline.sample.stories import Tale
from pipeline.sample.world import HOURS, World

Kind, Result = Activity.Kind, Activity.Result
DAY = datetime.timedelta(days=1)
OF_A_DEAL = ((Kind.CALL, 33), (Kind.EMAIL, 33), (Kind.MEETING, 12), (Kind.DEMO, 7), (Kind.PROPOSAL, 5), (Kind.TASK, 3),
             (Kind.NOTE, 7))  # fmt: skip
OF_A_LEAD = ((Kind.CALL, 55), (Kind.EMAIL, 40), (Kind.NOTE, 5))
RESULTS = {
    Kind.CALL: ((Result.SPOKE, 40), (Result.NO_ANSWER, 29), (Result.VOICEMAIL, 24), (Result.MEETING_SET, 7)),
    Kind.EMAIL: ((Result.REPLIED, 33), ("", 62), (Result.BOUNCED, 5)),
    Kind.MEETING: ((Result.HELD, 87), (Result.NO_SHOW, 13)),
    Kind.DEMO: ((Result.HELD, 90), (Result.NO_SHOW, 10)),
}
MINUTES = {Kind.CALL: (2, 35), Kind.MEETING: (30, 90), Kind.DEMO: (30, 75)}
NEXT_STEP = (("none", 22), ("overdue", 17), ("today", 11), ("later", 50))
"""What open deals have planned: (which, how often)."""


class Activities:
    """Makes activities until their number is reached, spread evenly over the deals."""

    def __init__(self, world: World, staff: Staff, wanted: int, deals: int) -> None:
        self.world, self.staff, self.wanted, self.deals = world, staff, wanted, deals
        self.made = 0

    def of(self, tale: Tale, inquiries: list[Inquiry]) -> list[Activity]:
        """The deal's share of all activities, some of it for the leads that came at the same time."""
        number = tale.brief.number
        random = self.world.random("activities", number)
        due = round(self.wanted * (number + 1) / self.deals) - self.made
        last = number == self.deals - 1
        count = due if last else min(due * 2, max(0, int(due * random.uniform(0.35, 1.65) * self._busy(tale))))
        rows: list[Activity] = []
        step = self._next_step(tale, random) if count else None
        if step:
            rows.append(step)
        for _number in range(max(0, count - len(rows))):
            if inquiries and random.random() < 0.22:
                rows.append(self._for_lead(random.choice(inquiries), tale, random))
            else:
                rows.append(self._for_deal(tale, random))
        self.made += len(rows)
        self._give_due_days(rows, number)
        return rows

    def _give_due_days(self, rows: list[Activity], number: int) -> None:
        """Tasks that are done were due on a day, and most were done in time."""
        random = self.world.random("due", number)
        for row in rows:
            if row.kind == Kind.TASK and row.done_on:
                due = row.done_on + random.choice((-2, 0, 0, 1, 2, 3, 5)) * DAY
                row.due_at = local_instant(datetime.datetime.combine(due, datetime.time(17)), self.world.zone)
            if row.due_at:
                row.original_due_on = business_date(row.due_at, self.world.zone)

    def _busy(self, tale: Tale) -> float:
        """Won deals took more work than lost ones, large customers more than small ones."""
        large = {"Enterprise": 1.4, "Mid-market": 1.0}.get(tale.brief.customer.segment, 0.8)
        return large * {"won": 1.35, "open": 1.1}.get(tale.outcome, 0.85)

    def _for_deal(self, tale: Tale, random: Random) -> Activity:
        end = tale.closed_at or self.world.instant(self.world.last_day, random)
        kind = self._pick(OF_A_DEAL, random)
        at = self._working_time(tale.opened_at, max(end, tale.opened_at), random)
        return self._done(
            kind, at, tale.seller_at(at), random, deal=tale.deal, account=tale.deal.account, contact=tale.deal.contact
        )

    def _for_lead(self, inquiry: Inquiry, tale: Tale, random: Random) -> Activity:
        lead = inquiry.lead
        answered = lead.first_responded_at
        if answered is None or inquiry.seller is None:
            return self._for_deal(tale, random)
        at = answered + DAY * random.choice((0, 0, 0, 1, 3, 7))
        if at >= self.world.moment:
            at = answered
        return self._done(self._pick(OF_A_LEAD, random), at, inquiry.seller, random, lead=lead)

    def _done(
        self, kind: str, at: datetime.datetime, seller: Seller, random: Random, **about: Any
    ) -> Activity:  # fmt: skip
        day = business_date(at, self.world.zone)
        low, high = MINUTES.get(kind, (0, 0))
        return Activity(
            kind=kind, subject=random.choice(names.SUBJECTS[kind]), owner=seller.rep, done_at=at, done_on=day,
            body=random.choice(names.REMARKS) if random.random() < 0.12 or kind == Kind.NOTE else "",
            team_id=self.staff.teams.team_on(seller.rep.pk, day), logged_at=at,
            duration_minutes=random.randint(low, high) if high else None,
            direction=self._direction(kind, random), outcome=self._pick(RESULTS.get(kind, (("", 1),)), random),
            is_sample=True, **about,
        )  # fmt: skip

    def _direction(self, kind: str, random: Random) -> str:
        if kind not in (Kind.CALL, Kind.EMAIL):
            return ""
        return Activity.Direction.OUT if random.random() < 0.8 else Activity.Direction.IN

    def _next_step(self, tale: Tale, random: Random) -> Activity | None:
        """What is planned for an open deal: overdue, today, later or nothing."""
        which = self._pick(NEXT_STEP, random) if tale.outcome == "open" else "none"
        if which == "none":
            return None
        days = {"overdue": -random.randrange(1, 15), "today": 0, "later": random.randrange(1, 24)}[which]
        day = self.world.today + days * DAY
        wall = datetime.time(random.choice(HOURS), random.choice((0, 15, 30, 45)))
        kind = self._pick(OF_A_DEAL[:-1], random)
        tale.deal.next_step_on = day
        return Activity(
            kind=kind, subject=random.choice(names.SUBJECTS[kind]), owner=tale.owners[-1][1].rep, deal=tale.deal,
            account=tale.deal.account, contact=tale.deal.contact, is_sample=True,
            due_at=local_instant(datetime.datetime.combine(day, wall), self.world.zone), logged_at=self.world.moment,
        )  # fmt: skip

    def _working_time(
        self, start: datetime.datetime, end: datetime.datetime, random: Random
    ) -> datetime.datetime:  # fmt: skip
        """A moment between two, on a working day where it can be."""
        at = start + (end - start) * random.random()
        for _attempt in range(3):
            if at.astimezone(self.world.zone).weekday() < 5:
                break
            at = start + (end - start) * random.random()
        local = at.astimezone(self.world.zone)
        wall = self.world.instant(local.date(), random)
        return wall if start <= wall <= end else at.replace(microsecond=0)

    def _pick(self, weighted: tuple[tuple[str, float], ...], random: Random) -> str:
        values, weights = zip(*weighted, strict=True)
        return random.choices(values, weights=weights)[0]
