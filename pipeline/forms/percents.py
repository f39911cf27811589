"""Shares as people type them: 70 or 70 % stands for 0.7."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.formats import as_typed
from pipeline.forms.amounts import plain_number


class PercentField(forms.DecimalField):
    """A share from 0 to 100 %, kept as a fraction with ``places`` decimals more than are typed."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Enter a percentage such as 70 or 33.3333.")}

    def __init__(self, *, places: int = 2, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_digits=places + 3, decimal_places=places, widget=widget, **options)
        self.validators += [
            MinValueValidator(0, _("At least 0 %%.")),
            MaxValueValidator(100, _("At most 100 %%.")),
        ]

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value * 100) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                value = plain_number(value)
            except ValueError:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent / 100
