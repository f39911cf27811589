"""Amounts of money as people type them: 48,500.00 or 48.500,00 or € 48 500."""

import re
import unicodedata
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.formats import as_typed, group_sign
from accounts.money import currency_codes


def plain_number(text: str, *, language: str | None = None) -> str:
    """The number with a point for decimals and nothing else between the digits.

    Of two different separators the last one parts the decimals. A single one followed by three digits is read as the
    language writes numbers: 1,234 is one thousand in English, 1.234 in German. ValueError for anything else that stands
    between the digits or beside them: 48k is not 48.
    """
    kept = re.sub(r"[\s'’]", "", _without_unit(text)).replace("−", "-")
    if not re.fullmatch(r"-?[\d.,]*\d[\d.,]*", kept):
        raise ValueError(text)
    marks = [mark for mark in kept if mark in ".,"]
    if not marks:
        return kept
    last = marks[-1]
    if len(set(marks)) == 2:
        other = "," if last == "." else "."
        return kept.replace(other, "").replace(last, ".")
    groups_only = bool(re.fullmatch(rf"-?\d{{1,3}}(\{last}\d{{3}})+", kept))
    if groups_only and (len(marks) > 1 or last == group_sign(language=language)):
        return kept.replace(last, "")
    return kept.replace(last, ".")


def _without_unit(text: str) -> str:
    """The text without a currency's sign or code at its ends, and without a percent sign."""
    bare = "".join(sign for sign in text if sign != "%" and unicodedata.category(sign) != "Sc").strip()
    for code in (bare[:3], bare[-3:]):
        if code.upper() in currency_codes():
            bare = bare.removeprefix(code).removesuffix(code).strip()
    return bare


class AmountField(forms.DecimalField):
    """An amount; empty means that it is not known, 0 is an amount."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Enter an amount such as 48,500.00.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 18)
        options.setdefault("decimal_places", 4)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "data-amount": "", "autocomplete": "off"})
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value) if isinstance(value, Decimal) and value.is_finite() else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                value = plain_number(value)
            except ValueError:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)
