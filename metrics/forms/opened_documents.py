"""A plan's document opened in fields, where they can hold all that it says."""

from decimal import Decimal
from typing import Any

from metrics.forms.typed_documents import typed_document
from metrics.forms.typed_numbers import typed_level, typed_number
from metrics.forms.typed_plan import (
    FILTERED,
    MOST_COMPONENTS,
    MOST_FIELDS,
    MOST_STEPS,
    STEP,
    STEPPED,
    TO,
    TOP,
    WHERE,
    TypedComponent,
    TypedPlan,
)
from metrics.incentives.documents import document_of, read_terms
from metrics.incentives.plan_file import as_stored, dump_document
from metrics.known import known_metric

USUAL = {"basis": "amount", "split": "share", "recoverable": "true", "min_n": "1", "clawback_days": "always"}
"""What holds where a key is left out."""
STEPS = {"tiers.by": "attainment", "tiers.of": "won_revenue", "tiers.mode": "marginal"}
NOTHING = ("", "null", "~")
SHARES = {"rate": "rates_are_shares", "threshold.at": "threshold_is_share"}
NUMBERS = ("cap", "pays", "per_deal", "amount", "min_n", *SHARES)


class Unopened(Exception):
    """A document that says more than fields can hold."""


def typed_of(document: dict[str, Any]) -> TypedPlan:
    """What the fields hold; Unopened when that would not be all of the document."""
    typed = TypedPlan()
    typed.texts = {key: _text(document.get(key)) for key in TOP}
    if typed.texts["clawback_days"] == "always":
        typed.texts["clawback_days"] = ""
    typed.texts["clawback_days"] = typed_number(typed.texts["clawback_days"])
    to = _mapping(document.get("applies_to"))
    typed.lists = {key: _texts(to.get(key)) for key in TO}
    typed.components = [_component(_mapping(one)) for one in _items(document.get("components"))]
    longest = max((len(one.steps) for one in typed.components), default=0)
    if len(typed.components) > MOST_COMPONENTS or longest > MOST_STEPS or typed.size > MOST_FIELDS:
        raise Unopened
    if not _says_the_same(document, typed_document(typed)[0]):
        raise Unopened
    return typed


def text_of(typed: TypedPlan) -> str:
    """The plan as YAML: in its usual form once it can be read, else as far as it is typed."""
    document = typed_document(typed)[0]
    terms, findings = read_terms(document)
    return dump_document(_tidy(document) if findings else document_of(terms))


def _component(document: dict[str, Any]) -> TypedComponent:
    one = TypedComponent(_text(document.get("kind")))
    parts = {"": document, **{key: _mapping(document.get(key)) for key in ("tiers", "threshold", "where")}}
    for key in one.keys:
        part, _dot, name = key.rpartition(".")
        one.texts[key] = _text(parts[part].get(name))
    if one.kind in STEPPED:
        one.texts["paid"] = "tiers" if parts["tiers"] else "flat"
        steps = [_mapping(step) for step in _items(parts["tiers"].get("steps"))]
        one.steps = [_step(one, step) for step in steps]
        _offer_steps(one)
        if one.texts["threshold.of"] and one.threshold_is_share:
            one.texts["threshold.by"] = "attainment"
    one.texts |= {key: value for key, value in USUAL.items() if key in one.keys and not one.texts[key]}
    for key in NUMBERS:
        if key in one.keys:
            is_share = key in SHARES and getattr(one, SHARES[key])
            one.texts[key] = typed_number(one.texts[key], is_share=is_share)
    if one.kind == "bonus":
        one.texts |= _level(one, document)
    if one.kind in FILTERED:
        one.lists = {key: _texts(parts["where"].get(key.partition(".")[2])) for key in WHERE}
    return one


def _offer_steps(one: TypedComponent) -> None:
    """What is usual where the document leaves it open, for who changes his mind: it says nothing as it stands."""
    if not one.has_tiers:
        one.texts |= {key: STEPS[key] for key in STEPS if not one.texts[key]}
        one.steps = [{"from": "0", "rate": ""}]
    elif not one.steps_are_shares:
        one.texts["tiers.of"] = one.texts["tiers.of"] or STEPS["tiers.of"]


def _step(one: TypedComponent, step: dict[str, Any]) -> dict[str, str]:
    shares = {"from": one.steps_are_shares, "rate": one.rates_are_shares}
    return {key: typed_number(_text(step.get(key)), is_share=shares[key]) for key in STEP}


def _level(one: TypedComponent, document: dict[str, Any]) -> dict[str, str]:
    side = "at_most" if _text(document.get("at_most")) else "at_least"
    metric = known_metric(one.texts["metric"])
    return {"side": side, "level": typed_level(_text(document.get(side)), metric.unit if metric else None)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        raise Unopened
    text = "" if value is None else str(value).strip()
    return "" if text in NOTHING else text


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in _items(value)]


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if value is not None and value not in NOTHING:
        raise Unopened
    return []


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value is not None and value not in NOTHING:
        raise Unopened
    return {}


def _says_the_same(document: dict[str, Any], back: dict[str, Any]) -> bool:
    """Whether two documents are one plan; of those that can't be read, whether all their keys agree."""
    terms, findings = read_terms(as_stored(document))
    if not findings:
        other, found = read_terms(back)
        return not found and other == terms
    return _plain(document) == _plain(back)


def _plain(value: Any, key: str = "") -> Any:
    """Without what is empty or holds anyway, numbers in one spelling."""
    if isinstance(value, dict):
        found = {name: _plain(one, name) for name, one in value.items()}
        return {name: one for name, one in found.items() if one not in ("", {}, [])}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    text = _text(value)
    number = typed_number(text)
    return "" if text and text == USUAL.get(key) else number


def _tidy(value: Any) -> Any:
    """Numbers without quotes where they keep their spelling."""
    if isinstance(value, dict):
        return {key: _tidy(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    if isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdigit():
        number = Decimal(value)
        return number if f"{number:f}" == value else value
    return value
