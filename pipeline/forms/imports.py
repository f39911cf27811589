from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.imports.mapping import CREATABLE, normal
from pipeline.imports.registry import all_kinds
from pipeline.imports.running import ABORT, SKIP

PICKERS = (
    ("column", _("What “%(header)s” feeds"), _("– left out –")),
    ("also", _("What else “%(header)s” feeds"), _("–")),
)
"""Name, label and the choice of nothing of the two pickers that each column of a file has."""


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
        self, *args: Any, examples: dict[str, str], columns: list[str], mapping: dict[str, Any], **kwargs: Any
    ) -> None:
        """``examples``: the file's headers, each with a value below it."""
        self.examples, self.headers, self.columns, self._mapping = examples, list(examples), columns, mapping
        self._known = {header: list(ours) for header, ours in (mapping.get("columns") or {}).items()}
        initial = {
            "create_missing": mapping.get("create_missing") or [],
            "date_format": mapping.get("date_format") or "",
            "decimal_comma": mapping.get("decimal_comma") or False,
            "currency": (mapping.get("defaults") or {}).get("currency", ""),
        }
        names = [(name, name.replace("_", " ").capitalize()) for name in columns]
        pickers = {}
        for n, header in enumerate(self.headers):
            own = [normal(header)] if normal(header) in columns else []
            ours = [*self._known.get(header, own), "", ""]
            for at, (name, label, nothing) in enumerate(PICKERS):
                initial[f"{name}_{n}"] = ours[at]
                pickers[f"{name}_{n}"] = _picker(label % {"header": header}, nothing, names)
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.fields = {**pickers, **self.fields}

    def pickers(self) -> list[dict[str, Any]]:
        """A row for each column of the file: its header, a value of it, the pickers of what it feeds."""
        return [
            {"header": header, "example": example, "fields": [self[f"{name}_{n}"] for name, *_words in PICKERS]}
            for n, (header, example) in enumerate(self.examples.items())
        ]

    def options(self) -> list[forms.BoundField]:
        """The fields that hold for the whole file."""
        return [self[name] for name in self.base_fields]

    def mapping(self) -> dict[str, Any]:
        """The mapping that the form says, values and other defaults kept from before."""
        sent = self.cleaned_data
        defaults = {**(self._mapping.get("defaults") or {}), "currency": sent["currency"].upper()}
        return {
            **self._mapping,
            "columns": {
                header: ours
                for n, header in enumerate(self.headers)
                if (ours := self._fed_by(n)) or normal(header) in self.columns  # else its name would feed it
            },
            "create_missing": sent["create_missing"],
            "date_format": sent["date_format"],
            "decimal_comma": sent["decimal_comma"],
            "defaults": {name: value for name, value in defaults.items() if value},
        }

    def _fed_by(self, n: int) -> list[str]:
        """Our columns that the n-th of theirs feeds; a third and more, which only a mapping file can name, stay."""
        ours = [self.cleaned_data[f"{name}_{n}"] for name, *_words in PICKERS]
        more = self._known.get(self.headers[n], [])[len(PICKERS) :]
        return list(dict.fromkeys(filter(None, [*ours, *(more if ours[0] else [])])))


def _picker(label: str, nothing: Any, names: list[tuple[str, str]]) -> forms.ChoiceField:
    look = forms.Select(attrs={"class": "form-select", "aria-label": label})
    return forms.ChoiceField(label=label, choices=[("", nothing), *names], required=False, widget=look)
