"""What somebody else saved while a form was open, beside what was typed.

A form sends along what it showed when it was opened (``seen``), so that a field which the user left alone takes on what
was saved meanwhile: saving again must not undo, unasked, what somebody else changed.
"""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField, CheckboxInput, ChoiceField, Field, Form, ModelChoiceField
from django.utils.translation import gettext as _

from accounts import formats


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that differs: its label, the value that is saved now, and the one that was typed."""

    label: str
    saved: str
    typed: str


def seen_text(form: Form) -> str:
    """What the form shows when it is opened, to be sent along with it; of a form that was sent, what came with that."""
    if form.is_bound:
        return str(form.data.get("seen", ""))
    return json.dumps({field.name: _shown(field) for field in form.visible_fields()}, ensure_ascii=False)


def conflicts_of(form: Form, current: Any, fresh: Form) -> list[Conflict]:
    """The fields that somebody else changed, beside what was typed there.

    The form keeps what was typed, takes on the record's present version, so that saving again is a decision, and what
    was saved in fields that the user left alone. ``fresh`` is the form as it would open now. A form that does not say
    what it showed counts as typed throughout.
    """
    form.data = form.data.copy()
    form.data["version"] = str(current.version)
    seen, found = _seen(form), []
    for name, field in form.fields.items():
        if name == "version" or name not in form.cleaned_data or not hasattr(current, name):
            continue
        saved, typed = getattr(current, name), form.cleaned_data[name]
        if name in seen and name in fresh.fields:
            now = _shown(fresh[name])
            if now == seen[name]:
                continue
            if _sent(form, name) == seen[name]:
                form.data.setlist(name, [now] if now else [])
                found.append(Conflict(str(field.label), _written(field, saved), _("left alone, now as saved")))
                continue
        if _known(saved) != _known(typed):
            found.append(Conflict(str(field.label), _written(field, saved), _written(field, typed)))
    form.data["seen"] = seen_text(fresh)
    return found


def _seen(form: Form) -> dict[str, str]:
    """What the form showed; empty where it does not say, or says something else."""
    try:
        seen = json.loads(form.data.get("seen", ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _shown(field: BoundField) -> str:
    """What the browser sends of a field that nobody touches."""
    value, widget = field.value(), field.field.widget
    if isinstance(widget, CheckboxInput):
        return "on" if value else ""
    written = widget.format_value(value)
    parts = written if isinstance(written, list) else [written]
    return _one_text("" if part is None else str(part) for part in parts)


def _sent(form: Form, name: str) -> str:
    return _one_text(form.data.getlist(name))


def _one_text(parts: Iterable[str]) -> str:
    """The parts in one line each; a browser ends lines in its own way."""
    return "\n".join(parts).replace("\r\n", "\n")


def _known(value: Any) -> Any:
    return None if value == "" else value


def _written(field: Field, value: Any) -> str:
    if _known(value) is None:
        return _("nothing")
    if isinstance(value, datetime.datetime):
        return formats.stamp(value)
    if isinstance(value, datetime.date):
        return formats.full_day(value)
    if isinstance(value, Decimal):
        return str(field.prepare_value(value))
    choices = dict(field.choices) if isinstance(field, ChoiceField) and not isinstance(field, ModelChoiceField) else {}
    return str(choices.get(value, value))
