from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.imports.mapping import CREATABLE
from pipeline.imports.registry import all_kinds
from pipeline.imports.running import ABORT, SKIP


class UploadForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(label=_("What the rows are"))
    file = forms.FileField(label=_("File"), help_text=_("CSV (also packed as .gz) or XLSX, with one row of headers."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, name.replace("_", " ").capitalize()) for name in all_kinds()]


class MappingForm(forms.Form):
    """Which of the file's columns is which of ours, and how to read values."""

    on_error = forms.ChoiceField(
        label=_("A bad row"),
        choices=[(ABORT, _("stops the import, nothing is written")), (SKIP, _("is left out and listed"))],
    )
    create_missing = forms.MultipleChoiceField(
        label=_("Create what rows name and is not there"),
        choices=[(name, name.capitalize()) for name in CREATABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    date_format = forms.CharField(
        label=_("Dates"), required=False, max_length=40, help_text=_("Empty: 2026-10-05. Else for instance %d-%m-%Y.")
    )
    decimal_comma = forms.BooleanField(label=_("Decimal comma (1.234,50)"), required=False)
    currency = forms.CharField(
        label=_("Currency where the file has none"), required=False, max_length=3, help_text=_("Three letters.")
    )

    def __init__(
        self, *args: Any, headers: list[str], columns: list[str], mapping: dict[str, Any], **kwargs: Any
    ) -> None:
        self.headers, self.columns = headers, columns
        known = {header: ", ".join(ours) for header, ours in (mapping.get("columns") or {}).items()}
        initial = {
            "create_missing": mapping.get("create_missing") or [],
            "date_format": mapping.get("date_format") or "",
            "decimal_comma": mapping.get("decimal_comma") or False,
            "currency": (mapping.get("defaults") or {}).get("currency", ""),
            **{f"column_{n}": known.get(header, "") for n, header in enumerate(headers)},
        }
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        hint = ", ".join(columns)
        for n, header in enumerate(headers):
            self.fields[f"column_{n}"] = forms.CharField(
                label=header or _("(no header)"), required=False, max_length=300, help_text=hint if n == 0 else ""
            )
        self.order_fields([*(f"column_{n}" for n in range(len(headers))), *self.base_fields])
        self._mapping = mapping

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        allowed = ", ".join(self.columns)
        for n in range(len(self.headers)):
            for ours in _targets(cleaned.get(f"column_{n}", "")):
                if ours not in self.columns:
                    self.add_error(
                        f"column_{n}", _("“%(name)s” is none of: %(allowed)s.") % {"name": ours, "allowed": allowed}
                    )
        return cleaned

    def mapping(self) -> dict[str, Any]:
        """The mapping that the form says, values and other defaults kept from before."""
        sent = self.cleaned_data
        defaults = {**(self._mapping.get("defaults") or {}), "currency": sent["currency"].upper()}
        return {
            **self._mapping,
            "columns": {
                header: _targets(sent[f"column_{n}"])
                for n, header in enumerate(self.headers)
                if header and _targets(sent[f"column_{n}"])
            },
            "create_missing": sent["create_missing"],
            "date_format": sent["date_format"],
            "decimal_comma": sent["decimal_comma"],
            "defaults": {name: value for name, value in defaults.items() if value},
        }


def _targets(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
