from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.exports import note_export
from accounts.exports import SafeWriter
from accounts.working_days import WorkingCalendar
from metrics.cohorts.funnel import MODES, Step, walk
from metrics.cohorts.funnel_cohort import ASKED_AS, DEAL, LEAD, QUALIFIED, STARTS, WON, Cohort, read_cohort
from metrics.cohorts.funnel_rows import funnel_rows
from metrics.errors import QuestionRefused
from metrics.evaluate import find_metric, make_question
from metrics.numbers import decimal_of, ratio
from metrics.pages.addresses import PageQuestion
from metrics.pages.chips import PageChips, past_banner
from metrics.pages.dimension_words import WORDS
from metrics.period_names import progress_mark
from metrics.question import Question
from metrics.views.pages import PAGE, FigurePage, read_choice, read_page
from pipeline.models import Pipeline


class FunnelChips(PageChips):
    def pipelines(self, offered: list[Pipeline], chosen: Pipeline | None) -> list[dict[str, Any]]:
        """A chip where there is more than one pipeline."""
        if len(offered) < 2:
            return []
        options = [self._option(each.name, each == chosen, pipeline=each.pk) for each in offered]
        is_set = chosen != offered[0]
        return [{"label": _("Pipeline"), "value": str(chosen or ""), "is_set": is_set, "options": options}]


class FunnelView(FigurePage):
    """How far the leads that came, or the deals that were opened, have come: once per step reached, lost ones kept."""

    def answer(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        asking = replace(self.question(request), by=None, book=None)
        start, mode = (read_choice(request, name, allowed) for name, allowed in (("start", STARTS), ("mode", MODES)))
        pipelines = list(Pipeline.objects.order_by("position", "pk"))
        pipeline = self.pipeline(request, pipelines)
        q = make_question(
            find_metric(ASKED_AS[start]), period=asking.period, scope=asking.scope, company=asking.company,
            today=asking.today, where=asking.where, as_of=asking.as_of, known_on=asking.known_on,
        )  # fmt: skip
        words = {LEAD: _("Leads"), QUALIFIED: _("Qualified"), DEAL: _("Deals"), WON: _("Won")}
        cohort = read_cohort(q, start=start, pipeline=pipeline, words=words)
        steps = walk(cohort.journeys, list(cohort.steps), mode)
        if request.GET.get("format") == "csv":
            return self.export(request, asking, cohort, steps)
        kept = pipeline.pk if pipeline and len(pipelines) > 1 else None
        chips = FunnelChips(asking, request, start=start, mode=mode, pipeline=kept)
        labels = {key: str(word) for key, word in WORDS.items()}
        context = {
            "title": _("Funnel"),
            "mark": progress_mark(asking.period, asking.as_of, asking.today, WorkingCalendar.of(asking.company)),
            "filters": chips.bar(
                [
                    chips.scope(),
                    chips.period(),
                    *chips.pipelines(pipelines, pipeline),
                    *chips.where(labels),
                    *chips.as_of(),
                ],
                clear_url=chips.address(where=()) if asking.where else "",
                export_url=chips.address(format="csv"),
            ),
            "banner": past_banner(asking, chips.address(as_of=None, known_on=None)),
            "note": cohort.note,
            "starts": chips.one_of(
                "start", {"leads": _("Leads that came"), "deals": _("Deals opened")}, start, where=(), step=None
            ),
            "modes": chips.one_of("mode", {"order": _("All stages in order"), "any": _("Any stage")}, mode),
            "in_order": mode == "order",
            "steps": [self.row(chips, cohort, step, steps[0]) for step in steps],
            "count": steps[0].count,
            "sentence": sentence(cohort, steps),
            **self.records(request, q, chips, cohort, steps),
        }
        return render(request, "metrics/funnel.html", context)

    @staticmethod
    def pipeline(request: HttpRequest, offered: list[Pipeline]) -> Pipeline | None:
        """The pipeline whose stages are the steps; the first one where the address has none."""
        asked = request.GET.get("pipeline") or ""
        if not asked:
            return offered[0] if offered else None
        found = next((each for each in offered if str(each.pk) == asked), None)
        if found is None:
            raise QuestionRefused(
                _("pipeline: possible are %(possible)s.") % {"possible": ", ".join(str(each.pk) for each in offered)},
                "pipeline",
            )
        return found

    @staticmethod
    def row(chips: FunnelChips, cohort: Cohort, step: Step, first: Step) -> dict[str, Any]:
        days = step.median_days
        return {
            "word": cohort.steps[step.key],
            "count": step.count,
            "bar": decimal_of(ratio(step.count, first.count) or 0),
            "url": f"{chips.address(step=step.key)}#records",
            "is_first": step is first,
            "part": step.converted,
            "whole": step.whole,
            "of_all": first.count,
            "days": None if days is None else decimal_of(days),
        }

    @staticmethod
    def records(
        request: HttpRequest, q: Question, chips: FunnelChips, cohort: Cohort, steps: list[Step]
    ) -> dict[str, Any]:
        """The leads or deals that reached the step of the address, page by page; nothing where it names none."""
        key = request.GET.get("step") or ""
        if not key:
            return {"records": None}
        step = next((each for each in steps if each.key == key), None)
        if step is None:
            raise QuestionRefused(_("step: possible are %(possible)s.") % {"possible": ", ".join(cohort.steps)}, "step")
        number, pages = read_page(request, step.count)
        places = sorted(step.reached, key=lambda place: (step.reached[place], place))[
            (number - 1) * PAGE : number * PAGE
        ]
        return {
            "records": funnel_rows(q, cohort, step, places, request.user),
            "step": cohort.steps[key],
            "step_count": step.count,
            "previous_url": f"{chips.address(step=key, page=number - 1)}#records" if number > 1 else "",
            "next_url": f"{chips.address(step=key, page=number + 1)}#records" if number < pages else "",
        }

    @staticmethod
    def export(request: HttpRequest, asking: PageQuestion, cohort: Cohort, steps: list[Step]) -> HttpResponse:
        """The steps as a file."""
        note_export(kind="funnel", query=request.GET.urlencode(), by=request.user, now=asking.now)
        header = ["step", "reached", "of_step_before", "step_before", "median_days"]
        rows = []
        for step in steps:
            days = step.median_days
            after = step is not steps[0]
            parts = [step.converted, step.whole] if after else [None, None]
            rows.append([cohort.steps[step.key], step.count, *parts, None if days is None else decimal_of(days)])
        return SafeWriter(header).response(rows, f"funnel-{asking.period.name}.csv")


def sentence(cohort: Cohort, steps: list[Step]) -> str:
    """How many came through, and where most were left behind."""
    first, last = steps[0], steps[-1]
    if not first.count:
        return ""
    whole = {"won": formats.number(last.count), "all": formats.number(first.count)}
    text = _("%(won)s of %(all)s were won.") % whole
    lost = [(step.whole - step.converted, step) for step in steps[1:] if step.whole]
    most = max(lost, key=lambda pair: pair[0], default=None)
    if not most or not most[0]:
        return text
    words = {"left": formats.number(most[0]), "whole": formats.number(most[1].whole), "step": cohort.steps[most[1].key]}
    return f"{text} " + _("Most were left before “%(step)s”: %(left)s of %(whole)s have not come there.") % words
