"""Take the sample company away again: exactly what was loaded, unless a record of the company's own refers to it."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from accounts.models import Company, Team, TeamMembership, User
from pipeline.history import queue_days
from pipeline.models import (
    Activity,
    ChangedDay,
    Credit,
    Deal,
    DealEvent,
    DealLine,
    DealVersion,
    Lead,
    StageVisit,
    Touch,
    VersionCredit,
    VersionProduct,
)
from pipeline.sample.world import World

CHUNK = 1000
OF_A_DEAL = Q(deal__is_sample=True)
OF_A_VERSION = Q(version__deal__is_sample=True)
PARTS: dict[type[models.Model], Q] = {
    DealEvent: OF_A_DEAL,
    DealVersion: OF_A_DEAL,
    StageVisit: OF_A_DEAL,
    DealLine: OF_A_DEAL,
    Credit: OF_A_DEAL,
    VersionCredit: OF_A_VERSION,
    VersionProduct: OF_A_VERSION,
    Touch: Q(lead__is_sample=True) | Q(contact__is_sample=True),
    TeamMembership: Q(rep__is_sample=True),
    User: Q(email__endswith=f"@{settings.SAMPLE_DOMAIN}"),
}
"""Models whose rows belong to the sample with what they are part of; all others have ``is_sample``."""

Model = type[models.Model]


@transaction.atomic
def remove_sample() -> tuple[dict[str, int], dict[str, int]]:
    """Delete the sample; how many rows of what were deleted, and how many stay because own records refer to them.

    What stays keeps its mark, so that it goes with the next call once nothing refers to it any more.
    """
    company, first, kept = Company.current(), _first_day(), _kept()
    Team.objects.filter(is_sample=True).exclude(pk__in=kept[Team]).update(parent=None)
    gone: Counter[str] = Counter()
    for model in _in_order():
        gone[str(model._meta.verbose_name_plural)] += _delete(model, kept[model])
    stays = {str(model._meta.verbose_name_plural): len(pks) for model, pks in kept.items() if pks}
    _requeue(company, first)
    if not stays:
        Company.objects.update(sample_day=None)
    return {name: count for name, count in gone.items() if count}, stays


def has_own_records() -> bool:
    """Whether the company has leads, deals or activities besides the sample's."""
    return any(model._default_manager.filter(is_sample=False).exists() for model in (Deal, Lead, Activity))


def _first_day() -> datetime.date | None:
    """The earliest day whose figures the sample is in."""
    days = (
        DealEvent.objects.filter(deal__is_sample=True).aggregate(day=models.Min("effective_on"))["day"],
        Lead.objects.filter(is_sample=True).aggregate(day=models.Min("created_on"))["day"],
        Activity.objects.filter(is_sample=True).aggregate(day=models.Min("done_on"))["day"],
    )
    return min((day for day in days if day), default=None)


def _requeue(company: Company, first: datetime.date | None) -> None:
    """Forget the days that loading queued; where own records stay, their days are computed again without the sample."""
    if company.sample_day is None or first is None:
        return
    moment = World(0, company.sample_day, 0, company).moment
    ChangedDay.objects.filter(recorded_at=moment).delete()
    if has_own_records():
        for subject in ChangedDay.Subject:
            queue_days(subject, [(first, company.sample_day)], now=moment + moment.resolution)


def _sample_models() -> list[Model]:
    own = [model for model in apps.get_models() if _is_ours(model) and _has_mark(model)]
    return [*own, *PARTS]


def _is_ours(model: Model) -> bool:
    return model._meta.app_label in ("accounts", "pipeline", "metrics") and not hasattr(model, "instance_type")


def _has_mark(model: Model) -> bool:
    return any(field.name == "is_sample" for field in model._meta.get_fields())


def _sample(model: Model) -> Q:
    return PARTS.get(model, Q(is_sample=True))


def _references(model: Model) -> Iterator[tuple[models.ForeignKey, Model]]:
    """The model's references to rows that may be the sample's."""
    for field in model._meta.get_fields():
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type):
            continue
        if target in PARTS or _has_mark(target):
            yield field, target


def _in_order() -> list[Model]:
    """Sample models, each before those it refers to."""
    marked = _sample_models()
    order: TopologicalSorter[Model] = TopologicalSorter()
    for model in marked:
        order.add(model)
        for _field, target in _references(model):
            if target is not model and target in marked:
                order.add(target, model)
    return list(order.static_order())


def _kept() -> dict[Model, set[int]]:
    """Rows of the sample that own records refer to, and what those refer to in turn."""
    kept: dict[Model, set[int]] = defaultdict(set)
    for model in filter(_is_ours, apps.get_models()):
        own = model._default_manager.all()
        if model in PARTS or _has_mark(model):
            own = own.exclude(pk__in=model._default_manager.filter(_sample(model)).values("pk"))
        for field, target in _references(model):
            kept[target] |= _referred(own, field, target)
    grown = True
    while grown:
        before = sum(map(len, kept.values()))
        for model in _sample_models():
            _keep_parts(model, kept)
            for field, target in _references(model):
                kept[target] |= _referred(model._default_manager.filter(pk__in=kept[model]), field, target)
        grown = sum(map(len, kept.values())) > before
    return kept


def _keep_parts(model: Model, kept: dict[Model, set[int]]) -> None:
    """Parts of a kept row stay with it."""
    if model is User or model not in PARTS:
        return
    for owner in ("deal", "version", "lead", "rep"):
        field = next((field for field in model._meta.fields if field.name == owner), None)
        if field is not None and field.related_model in kept:
            pks = kept[field.related_model]  # type: ignore[index]
            kept[model] |= set(model._default_manager.filter(**{f"{owner}__in": pks}).values_list("pk", flat=True))


def _referred(rows: models.QuerySet, field: models.ForeignKey, target: Model) -> set[int]:
    """Sample rows that ``rows`` refer to. People's sign-ins go although a record names who made it."""
    if target is User and field.remote_field.on_delete is models.SET_NULL:
        return set()
    found = target._default_manager.filter(_sample(target), pk__in=rows.order_by().values(field.attname))
    return set(found.values_list("pk", flat=True))


def _delete(model: Model, kept: set[int]) -> int:
    """Delete the model's sample rows a chunk at a time, with the history of their changes."""
    rows = model._default_manager.filter(_sample(model)).exclude(pk__in=kept).order_by("pk")
    history = getattr(model, "history", None)
    count = 0
    while pks := list(rows.values_list("pk", flat=True)[:CHUNK]):
        model._default_manager.filter(pk__in=pks).delete()
        if history is not None and hasattr(history, "model"):
            history.filter(**{f"{model._meta.pk.name}__in": pks}).delete()
        count += len(pks)
    return count
