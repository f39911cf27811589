"""Whether records are in use by others that would be left without them."""

from typing import Any

from django.db.models import DO_NOTHING, Model

from pipeline.imports.writing import has_field

OWN_PARTS = {
    "accounts.rep": {"accounts.teammembership"},
    "accounts.user": {"account.emailaddress", "accounts.auditentry"},
    "accounts.team": set(),
}
"""Relations that are no use by somebody else: they go with the record."""


def used_elsewhere(model: type[Model], ids: set[int]) -> set[int]:
    """Those of the records to which others refer. Records of the set itself do not count, if they may go too.

    A record that is only marked as deleted keeps its place in histories, so only live references count for it.
    """
    is_marked = has_field(model, "deleted_at")
    used: set[int] = set()
    inside: list[tuple[int, int]] = []
    own = OWN_PARTS.get(model._meta.label_lower, set())
    relations: list[Any] = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        if _is_no_use(relation, is_marked, own):
            continue
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if has_field(relation.related_model, "deleted_at"):
            rows = rows.filter(deleted_at=None)
        pairs = rows.values_list("pk", relation.field.attname)
        if relation.related_model is model:
            inside += pairs
        else:
            used |= {target for _pk, target in pairs}
    return _spread(used, inside, ids)


def _is_no_use(relation: Any, is_marked: bool, own: set[str]) -> bool:
    return (
        relation.on_delete is DO_NOTHING
        or (is_marked and relation.hidden)
        or relation.related_model._meta.label_lower in own
    )


def _spread(used: set[int], inside: list[tuple[int, int]], ids: set[int]) -> set[int]:
    """A record below which one stays, stays too."""
    while True:
        more = {target for pk, target in inside if (pk not in ids or pk in used) and target not in used}
        if not more:
            return used & ids
        used |= more
