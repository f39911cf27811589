"""What a row is used by, so that a refusal to delete it can say so."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = Mapping[str, tuple[str | Promise, str | Promise]]
NAMES: Words = {
    "campaign": (gettext_lazy("campaign"), gettext_lazy("campaigns")),
    "deal": (gettext_lazy("deal"), gettext_lazy("deals")),
    "expense": (gettext_lazy("expense"), gettext_lazy("expenses")),
    "indicatorreading": (gettext_lazy("indicator reading"), gettext_lazy("indicator readings")),
    "lead": (gettext_lazy("lead"), gettext_lazy("leads")),
    "pinnedkpi": (gettext_lazy("pinned KPI"), gettext_lazy("pinned KPIs")),
    "stage": (gettext_lazy("stage"), gettext_lazy("stages")),
    "statement": (gettext_lazy("statement"), gettext_lazy("statements")),
    "subscription": (gettext_lazy("subscription"), gettext_lazy("subscriptions")),
    "target": (gettext_lazy("target"), gettext_lazy("targets")),
    "touch": (gettext_lazy("touch"), gettext_lazy("touches")),
}
"""What people call the records of a model: one, and many."""


def uses_of(row: models.Model, *, parts: tuple[type[models.Model], ...] = (), words: Words | None = None) -> list[str]:
    """Counted records that need ``row``, such as "3 deals"; empty when nothing does.

    ``parts`` are models whose rows belong to ``row`` and go with it. ``words`` names models (singular, plural) where
    their own name would puzzle a reader. Records without a way back to ``row`` are its history and come as one entry.
    """
    found: list[str] = []
    has_history = False
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in parts:
            continue
        if relation.on_delete is models.DO_NOTHING:  # the kept past of other rows
            continue
        model = relation.related_model
        count = model._base_manager.filter(**{relation.field.name: row}).count()
        if count and relation.hidden:
            has_history = True
        elif count:
            found.append(_counted(model, count, words or {}))
    return found or ([_("the history of other records")] if has_history else [])


def _counted(model: type[models.Model], count: int, words: Words) -> str:
    own = (str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
    one, many = {**NAMES, **words}.get(model._meta.model_name or "", own)
    return f"{count} {one if count == 1 else many}"
