"""The records behind a figure as rows of a table: as they stood then, linked where the reader may open them today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Account, Contact
from accounts.money import from_minor
from metrics.figure import MONEY_UNITS, Figure
from metrics.forecasting.metrics import Expected, Judgement
from metrics.formulas.coverage import Coverage
from metrics.formulas.derived import Growth, Velocity
from metrics.measures.capacity import PerCapacity
from metrics.measures.words import words_of
from metrics.metric import Metric, Quantile, Ratio, Total
from metrics.models import Statement
from metrics.pages.formulas import part_words
from metrics.pages.wording import NIL, has_cents, part_texts
from metrics.question import Question
from metrics.records.lists import Record, address_then, list_records
from pipeline.models import Activity, Deal, DealVersion, Lead
from pipeline.models.lead import LeadQuerySet
from pipeline.past import Moment
from pipeline.past_leads import leads_at

PIECE = 2000
MODELS: dict[str, Any] = {
    "deal": Deal,
    "lead": Lead,
    "activity": Activity,
    "account": Account,
    "contact": Contact,
    "statement": Statement,
}
"""Kinds of records that have a page."""


@dataclass(frozen=True)
class Extra:
    """What a row shows besides the record itself."""

    owner: str = ""
    state: str = ""
    sub: str = ""
    amount: str = ""


def record_table(figure: Figure, records: list[Record], user: Any) -> dict[str, Any]:
    """Heads, rows and footer of a page of records."""
    metric = figure.metric
    extras = _extras(figure.question, records)
    visible = visible_records([(record.kind, record.id) for record in records], user)
    top, bottom = columns_of(metric)
    return {
        "shows_owner": figure.question.scope.kind != "rep",
        "shows_amount": not bottom and _lacks_money(metric) and any(record.kind == "deal" for record in records),
        "top": top,
        "bottom": bottom,
        "rows": [_row(figure, record, extras.get((record.kind, record.id), Extra()), visible) for record in records],
        "total": _total(figure) if top else None,
    }


def columns_of(metric: Metric) -> tuple[str, str]:
    """What the figures of a record are; the second is empty where there is no denominator made of records."""
    match metric:
        case Ratio() | Growth() | Coverage() | Judgement():
            top, bottom = part_words(metric)
            return str(top), str(bottom)
        case Total() | PerCapacity():
            return str(words_of(metric.of.key)), ""
        case Quantile() | Expected():
            return str(metric.name), ""
        case _:
            return "", ""


def _lacks_money(metric: Metric) -> bool:
    """Whether the figures of a record are no money, so that its amount says more."""
    return isinstance(metric, Velocity) or not metric.top_is_money


def adds_up(metric: Metric) -> bool:
    """Whether the rows' figures add up to the metric's parts; a median is no sum."""
    return isinstance(metric, Total | Ratio | Growth | PerCapacity | Coverage | Judgement | Expected)


def every_record(metric: Metric, q: Question) -> Iterator[Record]:
    """All rows behind a figure, read in pieces, so that memory stays small however many there are."""
    after = None
    while True:
        piece = list_records(metric, q, after=after, limit=PIECE)
        yield from piece
        if len(piece) < PIECE:
            return
        after = piece[-1].cursor


def _row(figure: Figure, record: Record, extra: Extra, visible: set[tuple[str, int]]) -> dict[str, Any]:
    may_open = (record.kind, record.id) in visible
    return {
        "kind": record.kind,
        "name": record.name or _("(no name)"),
        "url": address_then(record.kind, record.id, figure.question) if may_open else "",
        "sub": extra.sub if may_open else "",
        "owner": extra.owner,
        "state": extra.state,
        "amount": extra.amount,
        "date": record.date,
        "top": _part(figure, record.numerator, top=True),
        "bottom": _part(figure, record.denominator, top=False),
    }


def _part(figure: Figure, amount: Any, *, top: bool) -> str:
    if amount is None:
        return ""
    metric, currency = figure.metric, figure.question.company.base_currency
    if metric.top_is_money if top else metric.bottom_is_money:
        return formats.money(amount, currency, cents=True)
    if isinstance(metric, Quantile):
        return formats.minutes(amount) if metric.unit == "minutes" else formats.plain(amount)
    return formats.plain(amount)


def _total(figure: Figure) -> dict[str, str]:
    """The figure's own parts: what the rows add up to."""
    metric, value = figure.metric, figure.value
    currency = figure.question.company.base_currency
    if not adds_up(metric):
        return {"top": "", "bottom": ""}
    if metric.unit in MONEY_UNITS and value.numerator is not None:
        top = formats.money(value.numerator, currency, cents=True)
        return {"top": top, "bottom": part_texts(metric, value, currency)[1] if isinstance(metric, Ratio) else ""}
    top, bottom = part_texts(metric, value, currency)
    return {"top": top, "bottom": bottom}


def visible_records(keys: Iterable[tuple[str, int]], user: Any) -> set[tuple[str, int]]:
    """Which of the records, by kind and id, the user may open today."""
    wanted = list(keys)
    found = set()
    for kind, model in MODELS.items():
        ids = [pk for of, pk in wanted if of == kind]
        if ids:
            rows = model.objects.visible_to(user).filter(pk__in=ids)
            found |= {(kind, pk) for pk in rows.values_list("pk", flat=True)}
    return found


def _extras(q: Question, records: list[Record]) -> dict[tuple[str, int], Extra]:
    found: dict[tuple[str, int], Extra] = {}
    readers = {"deal": _deals, "lead": _leads, "activity": _activities, "account": _accounts, "contact": _contacts}
    for kind, read in readers.items():
        ids = [record.id for record in records if record.kind == kind]
        if ids:
            found |= {(kind, pk): extra for pk, extra in read(q, ids).items()}
    return found


def _deals(q: Question, ids: list[int]) -> dict[int, Extra]:
    """Owner and outcome as they were on the day that is looked from, as it was known then."""
    rows = DealVersion.objects.known_on(q.known_at).valid_on(q.valid_day).filter(deal__in=ids)
    fields = rows.values_list("deal", "owner__name", "outcome", "account__name", "amount_minor", "currency")
    return {
        pk: Extra(owner or "", outcome, account or "", _amount(minor, currency))
        for pk, owner, outcome, account, minor, currency in fields
    }


def _amount(minor: int | None, currency: str) -> str:
    if minor is None:
        return NIL
    amount = from_minor(minor, currency)
    return formats.money(amount, currency, cents=has_cents([amount]))


def _leads(q: Question, ids: list[int]) -> dict[int, Extra]:
    """The first owner, and the status as of the day, as far as a lead's dates tell."""
    rows = leads_then(q, Lead.objects.filter(pk__in=ids))
    rows = rows.values_list("pk", "first_owner__name", "state", "company")
    return {pk: Extra(owner or "", status, company) for pk, owner, status, company in rows}


def leads_then(q: Question, leads: LeadQuerySet) -> QuerySet[Any]:
    """Leads with their ``state`` on the day that is looked from."""
    if q.valid_day is None:
        return leads.annotate(state=F("status"))
    return leads_at(Moment(q.valid_day, None, q.company), leads).annotate(state=F("status_then"))


def _contacts(_q: Question, ids: list[int]) -> dict[int, Extra]:
    rows = Contact.objects.filter(pk__in=ids).values_list("pk", "account__owner__name", "account__name")
    return {pk: Extra(owner or "", "", account) for pk, owner, account in rows}


def _activities(_q: Question, ids: list[int]) -> dict[int, Extra]:
    rows = Activity.objects.filter(pk__in=ids).values_list("pk", "owner__name", "deal__name", "kind")
    words = dict(Activity.Kind.choices)
    return {
        pk: Extra(owner, "", " · ".join(filter(None, [str(words.get(kind, kind)), deal])))
        for pk, owner, deal, kind in rows
    }


def _accounts(_q: Question, ids: list[int]) -> dict[int, Extra]:
    rows = Account.objects.filter(pk__in=ids).values_list("pk", "owner__name", "segment", "industry", "region")
    return {pk: Extra(owner or "", "", " · ".join(filter(None, kinds))) for pk, owner, *kinds in rows}
