"""The sample's leads: those that became deals, and the many that did not."""

import datetime
import math
from dataclasses import dataclass
from random import Random

from pipeline.leads import fill_lead_dates, status_of
from pipeline.models import Deal, Lead, Touch
from pipeline.sample import names
from pipeline.sample.catalogue import Source
from pipeline.sample.marketing import Effort
from pipeline.sample.people import Seller, Staff
from pipeline.sample.stories import Tale
from pipeline.sample.world import World

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
REASONS = (
    ("No need", 26), ("No budget", 18), ("Wrong person", 14), ("Not reachable", 16), ("Too small", 10), ("spam", 7),
    ("duplicate", 6), ("test", 1),
)  # fmt: skip
TOUCHES = ("Ad click", "Form", "E-mail opened", "Download", "Stand visit")


@dataclass(frozen=True)
class Inquiry:
    """A lead and who works it; ``seller`` None while it waits in a queue. ``number`` tells it from the others."""

    number: int
    lead: Lead
    seller: Seller | None


class Leads:
    """Makes leads. Which channel and campaign a day's leads come from is the same rule as for deals."""

    def __init__(self, world: World, staff: Staff, sources: list[Source], efforts: list[Effort]) -> None:
        self.world, self.staff, self.sources, self.efforts = world, staff, sources, efforts

    def origin(self, day: datetime.date, random: Random) -> tuple[Source, Effort | None]:
        """A channel, stronger while it has a campaign, and the campaign."""
        running = {effort.channel_id: effort for effort in self.efforts if effort.starts_on <= day <= effort.ends_on}
        weights = [source.share * (1.6 if source.channel.pk in running else 1.0) for source in self.sources]
        source = random.choices(self.sources, weights=weights)[0]
        effort = running.get(source.channel.pk)
        return source, effort if random.random() < 0.75 else None

    def around(self, tale: Tale) -> list[Inquiry]:
        """Two leads a deal: the one it began as, where it began as one, and others of that time."""
        brief, first = tale.brief, tale.brief.number * 2
        if brief.kind == Deal.Kind.NEW and self.world.random("inquiry", brief.number).random() < 0.7:
            return [self._converted(tale, first), self._other(first + 1, brief.day)]
        return [self._other(first, brief.day), self._other(first + 1, brief.day)]

    def _converted(self, tale: Tale, number: int) -> Inquiry:
        random, deal = self.world.random("lead", number), tale.deal
        contact, account = deal.contact, deal.account
        since = tale.opened_at - datetime.timedelta(minutes=int(60 * 24 * 6 * random.random() ** 2) + 20)
        lead = Lead(
            name=contact.name, company=account.name, email=contact.email, phone=contact.phone, channel=deal.channel,
            campaign=deal.campaign, score=random.randrange(45, 100), created_at=since, account=account, contact=contact,
            deal=deal, converted_at=tale.opened_at, qualified_at=since + (tale.opened_at - since) * 0.9, is_sample=True,
        )  # fmt: skip
        answered = since + self._delay(tale.brief.seller, random)
        lead.first_responded_at = min(answered, lead.qualified_at)  # type: ignore[type-var]
        self._own(lead, tale.brief.seller, number)
        return Inquiry(number, lead, tale.brief.seller)

    def _other(self, number: int, near: datetime.date) -> Inquiry:
        """A lead of about ``near`` that no deal came of, or not yet."""
        random = self.world.random("lead", number)
        day = min(max(near + DAY * random.randrange(-12, 13), self.world.first_day), self.world.last_day)
        source, effort = self.origin(day, random)
        industry = random.choice(list(names.INDUSTRIES))
        name, company = names.person(random), names.company(random, industry)
        lead = Lead(
            name=name, company=company if random.random() < 0.85 else "", channel=source.channel,
            email=names.address(name, f"{company.lower().replace(' ', '-')}.example") if random.random() < 0.9 else "",
            phone=f"+1 555 01{random.randrange(100):02}" if random.random() < 0.6 else "",
            campaign=effort.campaign if effort else None, score=random.randrange(5, 90),
            created_at=self.world.instant(day, random), is_sample=True,
        )  # fmt: skip
        seller = self._work(lead, self.staff.pick(day, random), random)
        self._own(lead, seller, number)
        return Inquiry(number, lead, seller)

    def _work(self, lead: Lead, seller: Seller, random: Random) -> Seller | None:
        """How far the lead got by now; None when nobody has claimed it."""
        age = (self.world.moment - lead.created_at).days
        if age < 9 and random.random() < 0.35:
            lead.team = random.choice(self.staff.leaves)
            return None
        answered = lead.created_at + self._delay(seller, random)
        unanswered = random.random() < 0.11
        if not unanswered and answered < self.world.moment:
            lead.first_responded_at = answered
        settled = (lead.first_responded_at or lead.created_at) + DAY * random.randrange(1, 25)
        if settled < self.world.moment and random.random() < (0.25 if unanswered else 0.8):
            if not unanswered and random.random() < 0.3:
                lead.qualified_at = settled
            if lead.qualified_at is None or random.random() < 0.4:
                reasons, weights = zip(*REASONS, strict=True)
                lead.disqualified_at = settled + HOUR
                lead.disqualified_reason = random.choices(reasons, weights=weights)[0]
        return seller

    def _delay(self, seller: Seller, random: Random) -> datetime.timedelta:
        """Most answers come within hours, some after days."""
        return datetime.timedelta(minutes=1 + int(50 * seller.diligence * math.exp(random.gauss(0, 1.3))))

    def _own(self, lead: Lead, seller: Seller | None, number: int) -> None:
        fill_lead_dates(lead, self.world.zone)
        if seller:
            routed = lead.created_at + datetime.timedelta(minutes=self._routing(number))
            lead.assigned_at = min(routed, lead.first_responded_at or routed, self.world.moment)
            lead.owner = lead.first_owner = seller.rep
            lead.first_team_id = self.staff.teams.team_on(seller.rep.pk, lead.created_on)
        lead.status = status_of(lead)

    def _routing(self, number: int) -> int:
        """Minutes until somebody has the lead: most at once, some only after a night."""
        return int(4 * math.exp(self.world.random("routing", number).gauss(0, 1.5)))

    def touches(self, inquiry: Inquiry) -> list[Touch]:
        """What campaigns did before the lead came in."""
        lead = inquiry.lead
        if lead.campaign_id is None:
            return []
        random = self.world.random("touch", inquiry.number)
        made = [Touch(lead=lead, campaign_id=lead.campaign_id, kind=random.choice(TOUCHES), at=lead.created_at)]
        for _more in range(random.choice((0, 0, 1, 2))):
            at = lead.created_at - DAY * random.uniform(0.2, 20)
            running = [row for row in self.efforts if row.starts_on <= at.date() <= row.ends_on]
            if running:
                effort = random.choice(running)
                made.append(Touch(lead=lead, campaign=effort.campaign, kind=random.choice(TOUCHES), at=at))
        return made
