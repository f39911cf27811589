"""Fields that pick a record of which there may be very many, and fields that all forms of records share."""

import datetime
import re
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from pipeline.imports.cells import FIRST_YEAR, LAST_YEAR

LONGEST_NUMBER = 18
"""Digits that any database keeps."""
NUMBERED = re.compile(r"#(\d{1,18})\s*$")


class NamedRecordField(forms.CharField):
    """A record typed by name and found among the visible ones; suggestions come while typing where scripts run.

    Two records of one name are told apart by their number: "Karlsson Foods #12".
    """

    def __init__(self, *, rows: QuerySet[Any] | None = None, kind: str, **options: Any) -> None:
        super().__init__(max_length=330, **options)
        self.rows = rows
        self.widget.attrs |= {"data-suggest": kind, "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Model):
            return f"{value} #{value.pk}"
        if isinstance(value, int) and self.rows is not None:
            return self.prepare_value(self.rows.filter(pk=value).first() or "")
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.rows is None:
            return None
        if numbered := NUMBERED.search(text):
            found = list(self.rows.filter(pk=int(numbered[1]))[:1])
        else:
            found = list(self.rows.filter(name__iexact=text).order_by("pk")[:2])
        if len(found) == 1:
            return found[0]
        if found:
            message = _(
                "Several have this name. Pick one from the list, or add its number, such as “%(name)s #%(pk)s”."
            )
            raise forms.ValidationError(message, params={"name": text, "pk": found[0].pk})
        raise forms.ValidationError(_("You see none of this name. Check the spelling, or pick one from the list."))


class VersionField(forms.IntegerField):
    """The version of the record that the form was filled from; saving is refused when somebody saved in between."""

    def __init__(self) -> None:
        super().__init__(min_value=1, widget=forms.HiddenInput)


class MomentField(forms.DateTimeField):
    """Day and time as the browser's own picker gives them, in the reader's zone."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(**options)

    def to_python(self, value: Any) -> datetime.datetime | None:
        try:
            moment = super().to_python(value)
            # At the ends of the calendar a moment has no counterpart in another zone, and storing it would fail.
            if moment and not FIRST_YEAR <= moment.astimezone(datetime.UTC).year <= LAST_YEAR:
                raise forms.ValidationError(_("The year must lie between %d and %d.") % (FIRST_YEAR, LAST_YEAR))
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        return moment


class DayField(forms.DateField):
    """A day as the browser's own picker gives it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class RecordsField(forms.ModelMultipleChoiceField):
    """Several records, ticked. A number that no record can have is refused like one that no record has."""

    def clean(self, value: Any) -> Any:
        for pk in value or ():
            if len(str(pk)) > LONGEST_NUMBER:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(pk)[:40]}
                )
        return super().clean(value)
