"""A plan as it is typed in fields: every text under the name of its field, percentages instead of fractions.

A field's name is the place of what it holds in the plan's document, as findings name it: ``components[0].tiers.of``.
Besides those there are ``paid`` (flat or tiers) and, of a bonus, ``side`` (at_least or at_most) with ``level``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from metrics.incentives.terms import FILTERS

TOP = ("name", "currency", "statement_every", "accumulate", "clawback_days")
TO = ("reps", "teams", "roles")
_RATES = (
    "basis", "paid", "rate", "tiers.by", "tiers.of", "tiers.mode", "threshold.pays_from", "threshold.at",
    "threshold.by", "threshold.of", "cap",
)  # fmt: skip
TEXTS: Mapping[str, tuple[str, ...]] = {
    "commission": _RATES,
    "override": ("of_team", *_RATES),
    "bonus": ("metric", "side", "level", "pays", "every", "min_n"),
    "spiff": ("per_deal", "from", "to", "split", "cap"),
    "draw": ("amount", "every", "recoverable", "from", "to"),
}
"""What each kind of component has besides its name, its filters and its steps."""
WHERE = tuple(f"where.{name}" for name in FILTERS)
FILTERED, STEPPED = ("commission", "override", "spiff"), ("commission", "override")
STEP = ("from", "rate")
MOST_COMPONENTS = MOST_STEPS = 50
MOST_FIELDS = 900
"""Fields of one plan; a form is refused from 1,000 on."""
_PLACE = re.compile(r"components\[([0-9]{1,4})\]\.(?:([a-z_.]{1,40})|tiers\.steps\[([0-9]{1,4})\]\.(from|rate))")

Pairs = MultiValueDict[str, str] | QueryDict


@dataclass
class TypedComponent:
    """One component; ``lists`` are its filters, a step has a ``from`` and a ``rate``."""

    kind: str
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    steps: list[dict[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.texts.get("name", "")

    @property
    def has_tiers(self) -> bool:
        return self.texts.get("paid") == "tiers"

    @property
    def steps_are_shares(self) -> bool:
        """Whether steps start at shares of a target."""
        return self.texts.get("tiers.by") == "attainment"

    @property
    def threshold_is_share(self) -> bool:
        own = self.texts.get("threshold.by")
        return own == "attainment" or (not own and self.has_tiers and self.steps_are_shares)

    @property
    def rates_are_shares(self) -> bool:
        """Whether a rate is a part of the money, not money for each unit."""
        return self.texts.get("basis") != "units"

    @property
    def keys(self) -> tuple[str, ...]:
        """Its texts, in the order of the fields."""
        return ("kind", "name", *TEXTS.get(self.kind, ()))


@dataclass
class TypedPlan:
    """What stands in the fields. ``is_cut``: more was sent than the fields hold."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    components: list[TypedComponent] = field(default_factory=list)
    is_cut: bool = False

    @property
    def size(self) -> int:
        """How many fields a browser sends."""
        return sum(len(values) for _name, values in self.pairs())

    def pairs(self) -> Iterator[tuple[str, list[str]]]:
        """Names of fields with what stands in them."""
        for key in TOP:
            yield key, [self.texts.get(key, "")]
        for key in TO:
            yield f"applies_to.{key}", self.lists.get(key, [])
        for place, one in enumerate(self.components):
            for key in one.keys:
                yield f"components[{place}].{key}", [one.texts.get(key, "")]
            for key in WHERE if one.kind in FILTERED else ():
                yield f"components[{place}].{key}", one.lists.get(key, [])
            for number, step in enumerate(one.steps):
                for key in STEP:
                    yield f"components[{place}].tiers.steps[{number}].{key}", [step.get(key, "")]

    def data(self) -> MultiValueDict[str, str]:
        """As a form takes it."""
        return MultiValueDict(dict(self.pairs()))


def read_typed(data: Pairs) -> TypedPlan:
    """What was sent, of whatever names and numbers; components and steps closed up in the order of their numbers."""
    typed = TypedPlan({key: _text(data, key) for key in TOP}, {key: _texts(data, f"applies_to.{key}") for key in TO})
    found: dict[int, TypedComponent] = {}
    steps: dict[int, dict[int, dict[str, str]]] = {}
    for name in data:
        match = _PLACE.fullmatch(name)
        if match is None:
            continue
        place = int(match[1])
        component = found.setdefault(place, TypedComponent(_text(data, f"components[{place}].kind")))
        if match[3]:
            steps.setdefault(place, {}).setdefault(int(match[3]), {})[match[4]] = _text(data, name)
        elif match[2] in component.keys:
            component.texts[match[2]] = _text(data, name)
        elif match[2] in WHERE and component.kind in FILTERED:
            component.lists[match[2]] = _texts(data, name)
    for place in sorted(found)[:MOST_COMPONENTS]:
        own = steps.get(place, {}) if found[place].kind in STEPPED else {}
        found[place].steps = [own[number] for number in sorted(own)][:MOST_STEPS]
        typed.is_cut = typed.is_cut or len(own) > MOST_STEPS
        typed.components.append(found[place])
    typed.is_cut = typed.is_cut or len(found) > MOST_COMPONENTS
    return typed


def _text(data: Pairs, name: str) -> str:
    return (data.get(name) or "").strip()


def _texts(data: Pairs, name: str) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in data.getlist(name) if text.strip()))
