"""What the buttons of a plan's fields do: add, move and remove components and steps. All that is typed stays."""

import re

from metrics.forms.opened_documents import STEPS
from metrics.forms.opened_documents import USUAL as HOLDS_ANYWAY
from metrics.forms.typed_plan import MOST_COMPONENTS, MOST_FIELDS, MOST_STEPS, STEPPED, TypedComponent, TypedPlan
from metrics.pay.statement_rows import kind_word

KINDS = ("commission", "bonus", "spiff", "override", "draw")
_PRESS = re.compile(r"(add|remove|up|down|step|unstep):([a-z]{1,20}|[0-9]{1,4})(?::([0-9]{1,4}))?")
USUAL = {"paid": "flat", "side": "at_least", **HOLDS_ANYWAY, **STEPS}


def press(typed: TypedPlan, button: str) -> str:
    """Do it, and say what the next look belongs to: the name of a field or of a button. Nothing for an unknown one."""
    match = _PRESS.fullmatch(button)
    if match is None:
        return ""
    verb, what, number = match[1], match[2], int(match[3] or 0)
    if verb == "add":
        return _add(typed, what) if what in KINDS else ""
    place = int(what) if what.isdigit() else -1
    if not 0 <= place < len(typed.components):
        return ""
    if verb == "remove":
        del typed.components[place]
        return f"remove:{min(place, len(typed.components) - 1)}" if typed.components else "add:commission"
    if verb in ("up", "down"):
        return _move(typed, place, -1 if verb == "up" else 1)
    return _step(typed, place, number, verb)


def new_component(typed: TypedPlan, kind: str) -> TypedComponent:
    """With what is usual, and a name that no other has."""
    word, taken = kind_word(kind), {one.name for one in typed.components}
    name = next(
        text for number in range(1, len(taken) + 2) if (text := f"{word} {number}" if number > 1 else word) not in taken
    )
    one = TypedComponent(kind)
    one.texts = {key: USUAL.get(key, "") for key in one.keys} | {"kind": kind, "name": name}
    one.steps = [{"from": "0", "rate": ""}] if kind in STEPPED else []
    return one


def _add(typed: TypedPlan, kind: str) -> str:
    one = new_component(typed, kind)
    if len(typed.components) >= MOST_COMPONENTS or typed.size + len(one.keys) > MOST_FIELDS:
        typed.is_cut = True
        return f"add:{kind}"
    typed.components.append(one)
    return f"components[{len(typed.components) - 1}].name"


def _move(typed: TypedPlan, place: int, by: int) -> str:
    to = min(max(place + by, 0), len(typed.components) - 1)
    typed.components.insert(to, typed.components.pop(place))
    verb = "up" if by < 0 else "down"
    at_end = to == (0 if by < 0 else len(typed.components) - 1)
    return f"{('down' if by < 0 else 'up') if at_end else verb}:{to}"


def _step(typed: TypedPlan, place: int, number: int, verb: str) -> str:
    one = typed.components[place]
    if one.kind not in STEPPED:
        return ""
    if verb == "unstep":
        if number < len(one.steps):
            del one.steps[number]
        return f"step:{place}"
    if len(one.steps) >= MOST_STEPS or typed.size + 2 > MOST_FIELDS:
        typed.is_cut = True
        return f"step:{place}"
    one.steps.append({"from": "0" if not one.steps else "", "rate": ""})
    return f"components[{place}].tiers.steps[{len(one.steps) - 1}].from"
