"""What somebody else saved while a form was open, beside what was typed."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import ChoiceField, Field, Form, ModelChoiceField
from django.utils.translation import gettext as _

from accounts import formats


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that differs: its label, the value that is saved now, and the one that was typed."""

    label: str
    saved: str
    typed: str


def conflicts_of(form: Form, current: Any) -> list[Conflict]:
    """The fields in which the form differs from the record as it is now.

    The form keeps what was typed and takes on the record's present version, so that saving again is a decision.
    """
    form.data = form.data.copy()
    form.data["version"] = str(current.version)
    found = []
    for name, field in form.fields.items():
        if name == "version" or name not in form.cleaned_data or not hasattr(current, name):
            continue
        saved, typed = getattr(current, name), form.cleaned_data[name]
        if _known(saved) != _known(typed):
            found.append(Conflict(str(field.label), _written(field, saved), _written(field, typed)))
    return found


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
