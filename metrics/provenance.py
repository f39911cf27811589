"""Where a figure comes from: when and how it was computed, by which definition, and what was restated since."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import formats
from accounts.money import from_minor
from metrics.figure import Figure
from metrics.formulas import words_of
from metrics.models import Restatement, SnapshotDay


def provenance(figure: Figure) -> list[dict[str, Any]]:
    """Where the figure comes from: when, live or stored by which run, which definition."""
    q, metric = figure.question, figure.metric
    stored = None
    if q.valid_day is None and q.known_on is None and not q.where:
        days = SnapshotDay.objects.filter(day__gte=q.period.start, day__lt=q.period.end)
        stored = days.order_by("-day").select_related("run").first()
    source = _("Live from the records")
    if stored is not None:
        source = _("Night of %s, newer days live") % formats.day(stored.day, today=q.today)
    facts = [
        {"label": _("Computed"), "value": formats.stamp(figure.computed_at)},
        {"label": _("Source"), "value": source},
        {
            "label": _("Definition"),
            "value": _("%(slug)s, version %(version)s") % {"slug": metric.slug, "version": metric.version},
        },
        {"label": _("Records"), "value": formats.number(figure.value.n)},
    ]
    if stored is not None:
        facts.insert(2, {"label": _("Run"), "value": f"#{stored.run_id}"})
    return facts


def restatements(figure: Figure, most: int = 5) -> list[dict[str, Any]]:
    """Stored parts of the figure that changed after their month had closed, newest first."""
    q, metric = figure.question, figure.metric
    measures = {measure.key: measure for measure in metric.measures()}
    rows: QuerySet[Restatement] = Restatement.objects.filter(
        measure__in=measures,
        scope_kind=q.scope.kind,
        scope_id=q.scope.id,
        day__gte=q.period.start,
        day__lt=q.period.end,
    )
    found = []
    for row in rows.order_by("-at", "-pk")[:most]:
        measure = measures[row.measure]
        was, now = (
            _stored_text(total, q.company.base_currency, money=measure.money)
            for total in (row.old_total, row.new_total)
        )
        first = row.causes[0] if row.causes else {}
        found.append(
            {
                "what": words_of(row.measure),
                "day": row.day,
                "was": was,
                "now": now,
                "cause": " · ".join(str(first[key]) for key in ("what", "who") if first.get(key)),
                "at": row.at,
            }
        )
    return found


def _stored_text(total: int | None, currency: str, *, money: bool) -> str:
    if total is None:
        return "0"
    return formats.money(from_minor(total, currency), currency, cents=True) if money else formats.number(total)
