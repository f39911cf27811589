"""The cards of the board as HTML. What many cards share is rendered once: a template for each of some hundred cards
would take longer than everything else on the page."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts import formats
from accounts.working_days import WorkingCalendar
from pipeline.models import Deal


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board. ``days`` in its stage; None when nobody knows since when. ``late``: working days."""

    deal: Deal
    days: int | None
    late: int
    is_rotting: bool
    url: str


def card_of(
    deal: Deal,
    *,
    today: datetime.date,
    zone: datetime.tzinfo,
    calendar: WorkingCalendar,
    base: str,
    end: str = "",
) -> Card:
    """A deal as its card; ``base`` is the address of the list, which every deal's begins with and ``end`` follows."""
    since, step = deal.stage_entered_at, deal.next_step_on
    days = (today - since.astimezone(zone).date()).days if since else None
    limit = deal.stage.rot_after_days
    return Card(
        deal=deal,
        days=days,
        late=calendar.after(step, today) if step and step < today else 0,
        is_rotting=days is not None and limit is not None and days > limit,
        url=f"{base}{deal.pk}/{end}",
    )


class CardWriter:
    """Writes the cards of one page. ``back`` is the address of the board; ``is_past``: next steps are not known."""

    def __init__(self, *, today: datetime.date, back: str, is_past: bool = False) -> None:
        self.today, self.is_past = today, is_past
        self._template = get_template("pipeline/_card_part.html")
        self._parts: dict[tuple[Any, ...], str] = {}
        self._card = get_template("pipeline/_card.html").render().strip()
        self._menu, self._log = self._part("menu"), self._part("log")
        self._back = escape(f"?{urlencode({'next': back})}")

    def write(self, cards: Iterable[Card]) -> SafeString:
        """The cards one after the other."""
        return SafeString("".join(map(self._write, cards)))

    def _write(self, card: Card) -> str:
        """One card; what people typed is escaped here, the parts and the figures already are."""
        deal = card.deal
        name = escape(deal.name)
        menu = self._menu.format(url=card.url, back=self._back, name=name) if deal.is_writable else ""
        amount = self._part("amount") if deal.amount is None else escape(formats.money(deal.amount, deal.currency))
        return self._card.format(
            look="" if deal.is_writable else "is-fixed",
            url=escape(card.url),
            version=deal.version,
            name=name,
            menu=menu,
            log=self._log.format(pk=deal.pk, name=name) if deal.is_writable else "",
            account=escape(deal.account or ""),
            amount=amount,
            close=self._part("close", day=deal.expected_close_on),
            days=self._part("days", days=card.days, is_rotting=card.is_rotting),
            step="<span></span>" if self.is_past else self._part("step", day=deal.next_step_on, late=card.late),
            owner=self._part("owner", name=deal.owner.name if deal.owner else ""),
        )

    def _part(self, part: str, **values: Any) -> str:
        key = (part, *values.values())
        if key not in self._parts:
            self._parts[key] = self._template.render({"part": part, "today": self.today, **values}).strip()
        return self._parts[key]
