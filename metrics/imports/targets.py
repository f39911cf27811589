"""Targets: what a metric should reach in a scope and a period. A file changes a target by adding its next value."""

import datetime
from collections.abc import Callable
from typing import Any, ClassVar

from accounts.models import User
from metrics.actions.targets import goal_key, replace_targets, standing_targets
from metrics.errors import QuestionRefused
from metrics.goals.goal import Goal, goal_metric, goal_of, goal_period
from metrics.imports.values import metric_value
from metrics.known import known_metrics
from metrics.models import Target
from metrics.scopes import Scope, find_scope
from pipeline.imports.catalogue import label
from pipeline.imports.kind import CREATED, UNCHANGED, UPDATED, Column, Columns, Item, Kind, Row, Task
from pipeline.imports.undone import Undone
from pipeline.models import ImportedRow, ImportRun

SCOPES = "allowed are company, team:<slug> and rep:<e-mail or external id>."


class Targets(Kind):
    """Rows are found again by metric, scope, period and, where it has one, product or channel."""

    name = "targets"
    columns: ClassVar[Columns] = {
        "metric": Column(label, required=True, about="its slug, such as won_revenue"),
        "scope": Column(label, required=True, about="company, team:<slug>, rep:<e-mail or external id>"),
        "period": Column(label, required=True, about="2026-10, 2026-Q4, 2026, FY2026-Q4, FY2026"),
        "value": Column(label, required=True, about="in the metric's unit; a percentage as 0.25 or 25%"),
        "product": Column(shelf="products", about="the target is for this product alone"),
        "channel": Column(shelf="channels", about="the target is for this channel alone"),
    }

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._scopes: dict[str, Scope | None] = {}
        self._known = known_metrics()

    def check(self, rows: list[Row]) -> list[Item]:
        items = []
        for item in self.parse(rows):
            goal = item.values["goal"]
            if not self.is_repeated(item.number, goal.key, goal):
                items.append(item)
        standing = standing_values([item.values["goal"] for item in items])
        for item in items:
            goal = item.values["goal"]
            value = standing.get(goal.key)
            item.verdict = CREATED if value is None else UNCHANGED if value == goal.value else UPDATED
        return items

    def fits(self, row: int, values: dict[str, Any]) -> bool:
        column = "metric"
        try:
            metric = goal_metric(values["metric"], self._known)
            column = "scope"
            scope = self._scope(values["scope"])
            column = "period"
            period = goal_period(values["period"], fiscal_start=self.task.company.fiscal_year_start_month)
            column = "value"
            value = metric_value(self.task.reader, metric, values["value"])
        except (QuestionRefused, ValueError) as refusal:
            return self.refuse(row, column, str(refusal))
        product, channel = values.get("product"), values.get("channel")
        if product is not None and channel is not None:
            return self.refuse(row, "channel", "and product can't both narrow one target.")
        dimension = "product" if product is not None else "channel" if channel is not None else ""
        if dimension and dimension not in metric.dimensions:
            return self.refuse(row, dimension, f"is no dimension of {metric.slug}.")
        member = (product.sku or product.name) if product is not None else str(channel or "")
        values["goal"] = goal_of(metric.slug, scope, period, value, dimension, member)
        return True

    def _scope(self, text: str) -> Scope:
        if text not in self._scopes:
            self._scopes[text] = find_scope(text)
        scope = self._scopes[text]
        if scope is None:
            raise QuestionRefused(f"there is no scope “{text[:60]}”; {SCOPES}", "scope")
        return scope

    def store(self, items: list[Item]) -> None:
        numbers = {item.values["goal"].key: item.number for item in items}
        goals = [item.values["goal"] for item in items]
        for one in replace_targets(goals=goals, by=self.task.by, now=self.task.now):
            self.task.lines.created(numbers[goal_key(one.new)], one.new, ["value"])

    @classmethod
    def undo(
        cls, run: ImportRun, undone: Undone, put_back: Callable[[ImportRun, str], None], *, by: User | None,
        now: datetime.datetime,
    ) -> None:  # fmt: skip
        """Close what the import added and let what it replaced hold again; that it once held stays known."""
        lines = ImportedRow.objects.filter(run=run, model=Target._meta.label_lower).order_by("pk")
        numbers = dict(lines.values_list("object_id", "row"))
        added = list(Target.objects.filter(pk__in=numbers).select_for_update(of=("self",)))
        good = []
        for target in added:
            if target.superseded_at is None:
                good.append(target)
            else:
                undone.leave(numbers[target.pk], target, "was changed since.")
        before = {
            goal_key(old): old
            for old in Target.objects.filter(
                metric__in={one.metric for one in good}, superseded_at__in={one.recorded_at for one in good}
            ).order_by("pk")
        }
        Target.objects.filter(pk__in=[one.pk for one in good]).update(superseded_at=now, superseded_by=by)
        again = [before[goal_key(one)] for one in good if goal_key(one) in before]
        replace_targets(goals=[_goal(old) for old in again], by=by, now=now)
        undone.restored += len(again)
        undone.removed += len(good) - len(again)


def standing_values(goals: list[Goal]) -> dict[tuple[object, ...], Any]:
    """The values that hold now for what some goals are about."""
    return {key: target.value for key, target in standing_targets(goals, lock=False).items()}


def _goal(target: Target) -> Goal:
    return Goal(
        target.metric, target.scope_kind, target.scope_id, target.period_kind, target.period, target.starts_on,
        target.ends_on, target.value, target.dimension, target.member,
    )  # fmt: skip
