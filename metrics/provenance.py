"""Where a figure comes from: when and how it was computed, by which definition, and what was restated since."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import JobRun
from accounts.money import from_minor
from metrics.figure import Figure
from metrics.measures.words import words_of
from metrics.models import Restatement, SnapshotDay


def provenance(figure: Figure) -> list[dict[str, Any]]:
    """Where the figure comes from: when, live or stored by which run with which code, which definition."""
    q, metric = figure.question, figure.metric
    run = JobRun.objects.filter(pk=figure.run).first() if figure.run else None
    facts = [
        {"label": _("Computed"), "value": formats.stamp(figure.computed_at)},
        {"label": _("Source"), "value": _source(figure)},
        *(_run_facts(run) if run else [] if q.book else _code_facts(settings.CODE_VERSION)),
        {
            "label": _("Definition"),
            "value": _("%(slug)s, version %(version)s") % {"slug": metric.slug, "version": metric.version},
        },
        {"label": _("Records"), "value": formats.number(figure.value.n)},
    ]
    if q.known_at and not q.book:
        facts.insert(2, {"label": _("Known at"), "value": formats.stamp(q.known_at)})
    return facts


def _source(figure: Figure) -> str:
    q = figure.question
    if q.book:
        return _("As reported when %s was frozen") % q.book.name
    if figure.run is None:
        return _("Live from the records")
    days = SnapshotDay.objects.filter(day__gte=q.period.start, day__lte=q.level_day).order_by("-day")
    day = days.values_list("day", flat=True).first()
    stored = formats.day(day, today=q.today) if day else ""
    return _("Night of %s, newer and changed days live") % stored


def _run_facts(run: JobRun) -> list[dict[str, Any]]:
    """The run that stored it: its number, when it ended, which code it ran, what its audits found."""
    ended = run.finished_at or run.started_at or run.queued_at
    facts = [{"label": _("Run"), "value": f"#{run.pk}, {formats.stamp(ended)}"}]
    facts += _code_facts(run.code_version)
    if run.state == JobRun.State.SUSPECT:
        facts.append({"label": _("Audits"), "value": _("An audit doubts this run")})
    return facts


def _code_facts(version: str) -> list[dict[str, Any]]:
    """Which code computed it: that of the run, or today's of what is live."""
    return [{"label": _("Code version"), "value": version}] if version else []


def restatements(figure: Figure, most: int = 5) -> list[dict[str, Any]]:
    """Stored parts of the figure that changed after their month had closed, newest first."""
    q, metric = figure.question, figure.metric
    measures = {measure.stored_key: measure for measure in metric.measures()}
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
                "by": _change_text(row, q.company.base_currency, money=measure.money),
                "cause": " · ".join(str(first[key]) for key in ("what", "who") if first.get(key)),
                "at": row.at,
            }
        )
    return found


def _change_text(row: Restatement, currency: str, *, money: bool) -> str:
    """By how much: signed, empty when only the number of records changed."""
    change = (row.new_total or 0) - (row.old_total or 0)
    sign = "+" if change > 0 else "\N{MINUS SIGN}"
    return f"{sign}{_stored_text(abs(change), currency, money=money)}" if change else ""


def _stored_text(total: int | None, currency: str, *, money: bool) -> str:
    if total is None:
        return "0"
    return formats.money(from_minor(total, currency), currency, cents=True) if money else formats.number(total)
