from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.working_days import WorkingCalendar
from metrics.cohorts.duration_cases import ASKED_AS, DEALS, ENDS, REPS, SOURCES, STAGES, case_rows, read_cases
from metrics.cohorts.duration_words import Words, duration_chart, duration_facts, duration_words
from metrics.cohorts.durations import Durations
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric, make_question
from metrics.numbers import decimal_of
from metrics.pages.addresses import PageQuestion
from metrics.pages.chips import PageChips, past_banner
from metrics.pages.dimension_words import WORDS
from metrics.period_names import progress_mark
from metrics.periods import DAY
from metrics.question import Question
from metrics.views.pages import PAGE, FigurePage, last_year, read_choice, read_page
from pipeline.models import Stage

OFFERED = {DEALS: ("closed", "won"), STAGES: ("left",), REPS: ("ramped",)}
"""The ends that each source knows."""


class DurationView(FigurePage):
    """How long it takes until deals close, or new reps sell what they should; who is not done counts as far as seen."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = last_year(self.question(request), is_asked=bool(request.GET.get("period")))
        source = read_choice(request, "of", SOURCES)
        end = read_choice(request, "end", OFFERED[source])
        q = make_question(
            find_metric(ASKED_AS[source]), period=asking.period, scope=asking.scope, company=asking.company,
            today=asking.today, where=asking.where, as_of=asking.as_of, known_on=asking.known_on,
        )  # fmt: skip
        found = Durations(read_cases(q, source), ENDS[end])
        if request.GET.get("format") == "csv":
            return self.export(request, asking, found, end)
        chips = PageChips(asking, request, of=source, end=end if source == DEALS else None)
        labels = {key: str(word) for key, word in WORDS.items()}
        filtered = [chip for chip in chips.where(labels) if source != STAGES or chip["label"] != labels["stage"]]
        stages = self.stages(chips) if source == STAGES else []
        row = [chips.scope(), chips.period(), *stages, *filtered, *chips.as_of()]
        words = duration_words(end)
        names = {DEALS: _("Deals opened"), STAGES: _("In a stage"), REPS: _("Reps hired")}
        context = {
            "title": _("How long it takes"),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "filters": chips.bar(row, export_url=chips.address(format="csv")),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None)),
            "sources": chips.one_of("of", names, source, end=None, where=()),
            "ends": chips.one_of("end", {"closed": _("Closed either way"), "won": _("Won")}, end)
            if source == DEALS
            else [],
            "words": words,
            "n": len(found.cases),
            "facts": duration_facts(found, words),
            "chart": duration_chart(found, words, lambda span: f"{chips.address(days=span.name)}#records"),
            **self.records(request, chips, q, source, found, words),
        }
        return render(request, "metrics/durations.html", context)

    @staticmethod
    def stages(chips: PageChips) -> list[dict[str, Any]]:
        """Which stage: all of them, or one by its name."""
        chosen = dict(chips.asking.where).get("stage")
        others = tuple(pair for pair in chips.asking.where if pair[0] != "stage")
        names = Stage.objects.filter(outcome="open").order_by("pipeline__position", "position", "pk")
        places = [(_("All"), None), *((name, name) for name in dict.fromkeys(names.values_list("name", flat=True)))]
        options = [
            {
                "label": label,
                "url": chips.address(where=(*others, ("stage", name)) if name else others),
                "is_current": name == chosen,
            }
            for label, name in places
        ]
        return [{"label": _("Stage"), "value": chosen or _("All"), "is_set": bool(chosen), "options": options}]

    @staticmethod
    def records(
        request: HttpRequest, chips: PageChips, q: Question, source: str, found: Durations, words: Words
    ) -> dict[str, Any]:  # fmt: skip
        """Who ended, or was last seen going on, in the span of the address; nothing where it names none."""
        asked = request.GET.get("days") or ""
        if not asked:
            return {"records": None}
        span = next((span for span in found.spans() if span.name == asked), None)
        if span is None:
            raise QuestionRefused(_("days: possible are the spans that the page lists."), "days")
        cases = found.within(span.first, span.last)
        number, pages = read_page(request, len(cases))
        shown = cases[(number - 1) * PAGE : number * PAGE]
        return {
            "records": [
                replace(row, word=words.ends.get(row.case.end, words.going_on))
                for row in case_rows(q, source, shown, request.user)
            ],
            "span": span,
            "records_count": len(cases),
            "previous_url": f"{chips.address(days=asked, page=number - 1)}#records" if number > 1 else "",
            "next_url": f"{chips.address(days=asked, page=number + 1)}#records" if number < pages else "",
        }

    @staticmethod
    def export(request: HttpRequest, asking: PageQuestion, found: Durations, end: str) -> HttpResponse:
        """A line for each unit of time in which something ended or was last seen; every digit."""
        note_export(kind="durations", query=request.GET.urlencode(), by=request.user, now=asking.now)
        ends = sorted({*found.counted, *(case.end for case in found.cases if case.end)}, reverse=True)
        unit = duration_words(end).unit
        lines = [
            [span.last, span.at_risk, *(span.ends[each] for each in ends), span.censored, decimal_of(span.share)]
            for span in found.spans(1)
            if span.ends or span.censored
        ]
        return SafeWriter([unit, "at_risk", *ends, "going_on", "share_going_on"]).response(
            lines, f"durations-{asking.period.start}-{asking.period.end - DAY}.csv"
        )
