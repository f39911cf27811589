"""What typed fields come to: the terms, and findings at the fields that they are about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop as _

from metrics.forms.typed_documents import typed_document
from metrics.forms.typed_plan import TypedPlan
from metrics.incentives.documents import read_terms
from metrics.incentives.findings import REFUSE, Finding
from metrics.incentives.linting import Known, lint
from metrics.incentives.terms import Terms

FULL = Finding(REFUSE, "components", _("fields hold no more than this; go on as text."))
MISSING = _("is missing.")
NO_CAP = _("no cap: what lies above the last step is paid at its rate, without an end.")
INSTEAD = {"components": _("add a component."), "tiers.steps": _("add a step."), "": MISSING}
"""What fields say, by its place, where a part is missing."""
MOVED = {
    "at_least": "level", "at_most": "level", "tiers": "tiers.mode", "threshold": "threshold.pays_from",
    "tiers.steps": "paid",
}  # fmt: skip
"""Where findings of parts without a field of their own stand."""
FRAME = ("statement_every", "accumulate")
_COMPONENT = re.compile(r"components\[([0-9]+)\]\.?(.*)")


@dataclass
class Look:
    """``terms`` are there once nothing is refused; ``sound`` are those of the components of which nothing is, once
    the plan's own can be read. ``at`` has the findings by field, ``others`` those of none."""

    terms: Terms | None = None
    sound: Terms | None = None
    at: dict[str, list[Finding]] = field(default_factory=dict)
    others: list[Finding] = field(default_factory=list)


def look_at(typed: TypedPlan, known: Known) -> Look:
    """Everything that there is to say about a plan in fields."""
    document, own = typed_document(typed)
    terms, read = read_terms(document)
    found = _joined([FULL] if typed.is_cut else [], own, read)
    can_be_read = len(terms.components) == len(typed.components) and not any(one.place in FRAME for one in found)
    if can_be_read:
        found = _joined(found, lint(terms, known, _faulty(found)))
    refused = [one for one in found if one.level == REFUSE]
    look = Look(None if refused else terms)
    if can_be_read and not any(one.place == "currency" for one in refused):
        faulty = _faulty(refused)
        sound = tuple(one for place, one in enumerate(terms.components) if place not in faulty)
        look.sound = replace(terms, components=sound) if sound else None
    names = {name for name, _values in typed.pairs()}
    for one in found:
        at = _at_field(one, typed)
        if at.place in look.at and at in look.at[at.place]:
            continue
        if at.place in names:
            look.at.setdefault(at.place, []).append(at)
        else:
            look.others.append(at)
    return look


def _faulty(found: Iterable[Finding]) -> frozenset[int]:
    """The positions of the components that findings are about."""
    matches = (_COMPONENT.match(one.place) for one in found)
    return frozenset(int(match[1]) for match in matches if match)


def _joined(*parts: Iterable[Finding]) -> list[Finding]:
    """All findings; of a place that an earlier part speaks of, the later ones are silent."""
    found: list[Finding] = []
    for part in parts:
        spoken = {one.place for one in found if one.level == REFUSE}
        found += [one for one in part if one.place not in spoken]
    return found


def _at_field(one: Finding, typed: TypedPlan) -> Finding:
    """The finding at the field where it is shown, in the words of fields."""
    match = _COMPONENT.fullmatch(one.place)
    if match is None or int(match[1]) >= len(typed.components):
        is_missing = one.place == "components" and one.pattern == "are missing."
        return replace(one, pattern=INSTEAD["components"]) if is_missing else one
    component, part = typed.components[int(match[1])], match[2]
    pattern, to = one.pattern, MOVED.get(part, part)
    if one.level != REFUSE and not part and component.has_tiers:
        pattern = NO_CAP
    if one.level == REFUSE and part in INSTEAD:
        pattern = INSTEAD[part]
    if not part:
        empty = "level" if component.kind == "bonus" else "paid" if component.has_tiers else "rate"
        to = empty if one.level == REFUSE else "cap"
    elif part == "tiers.of" and not (component.has_tiers and component.steps_are_shares):
        to = "threshold.of"
    elif part == "threshold.of" and not component.texts.get("threshold.by"):
        to = "tiers.of"
    return replace(one, place=f"components[{match[1]}].{to}", pattern=pattern)
