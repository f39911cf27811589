from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.imports.kind import Column, Kind
from pipeline.imports.mapping import CREATABLE, normal
from pipeline.imports.meanings import Meaning
from pipeline.imports.registry import all_kinds
from pipeline.imports.running import ABORT, SKIP

PICKERS = (
    ("column", _("What “%(header)s” feeds"), _("– left out –")),
    ("also", _("What else “%(header)s” feeds"), _("–")),
)
"""Name, label and the choice of nothing of the two pickers that each column of a file has."""

LABELS = {
    "sku": _("SKU"),
    "rates": _("Exchange rates"),
    "spend": _("Spend of campaigns"),
    "memberships": _("Memberships of teams"),
    "touches": _("Touches of campaigns"),
}
"""Names that do not become a label by a capital alone."""

DATES = (
    ("", _("2026-10-05")),
    ("%d/%m/%Y", _("05/10/2026, the day first")),
    ("%m/%d/%Y", _("10/05/2026, the month first")),
    ("%d.%m.%Y", _("05.10.2026")),
    ("%d-%m-%Y", _("05-10-2026, the day first")),
    ("%m-%d-%Y", _("10-05-2026, the month first")),
    ("%d/%m/%y", _("05/10/26, the day first")),
    ("%m/%d/%y", _("10/05/26, the month first")),
    ("%d.%m.%y", _("05.10.26")),
    ("%Y/%m/%d", _("2026/10/05")),
    ("%d %b %Y", _("05 Oct 2026")),
)
"""How files write 5 October 2026. Another format, which a mapping file may name, is one more choice."""

AS_IT_STANDS, NOTHING, NAME = "", "-", "="


class UploadForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(label=_("What the rows are"))
    file = forms.FileField(label=_("File"), help_text=_("CSV (also packed as .gz) or XLSX, with one row of headers."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Pick one")), *((name, label_of(name)) for name in all_kinds())]


class MappingForm(forms.Form):
    """Which of the file's columns is which of ours, and how to read values."""

    on_error = forms.ChoiceField(
        label=_("A bad row"),
        choices=[(ABORT, _("stops the import, nothing is written")), (SKIP, _("is left out and listed"))],
    )
    create_missing = forms.MultipleChoiceField(
        label=_("Create what rows name and is not there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    date_format = forms.ChoiceField(label=_("How dates are written"), required=False)
    decimal_comma = forms.BooleanField(label=_("Decimal comma (1.234,50)"), required=False)
    currency = forms.CharField(
        label=_("Currency where the file has none"), required=False, max_length=3, help_text=_("Three letters.")
    )

    def __init__(
        self, *args: Any, examples: dict[str, str], kind: type[Kind], mapping: dict[str, Any],
        meanings: list[Meaning], **kwargs: Any,
    ) -> None:  # fmt: skip
        """``examples``: the file's headers, each with a value below it. ``meanings``: words that need a meaning."""
        columns = kind.columns
        self.examples, self.headers, self.columns, self._mapping = examples, list(examples), columns, mapping
        self._meanings = meanings
        self._known = {header: list(ours) for header, ours in (mapping.get("columns") or {}).items()}
        initial = {
            "create_missing": mapping.get("create_missing") or [],
            "date_format": mapping.get("date_format") or "",
            "decimal_comma": mapping.get("decimal_comma") or False,
            "currency": (mapping.get("defaults") or {}).get("currency", ""),
        }
        names = [(name, _picked(name, column)) for name, column in columns.items()]
        pickers = {}
        for n, header in enumerate(self.headers):
            own = [normal(header)] if normal(header) in columns else []
            ours = [*self._known.get(header, own), "", ""]
            for at, (name, label, nothing) in enumerate(PICKERS):
                initial[f"{name}_{n}"] = ours[at]
                pickers[f"{name}_{n}"] = _picker(label % {"header": header}, [("", nothing), *names])
        for meaning in meanings:
            initial[meaning.key] = _said(meaning)
            pickers[meaning.key] = _meaning_field(meaning)
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.fields = {**pickers, **self.fields}
        known = initial["date_format"]
        other = [] if known in dict(DATES) else [(known, known)]
        self.fields["date_format"].choices = [*DATES, *other]
        creatable = [name for name in CREATABLE if _is_named(name, kind)]
        self.fields["create_missing"].choices = [(name, label_of(name)) for name in creatable]
        if not creatable:
            del self.fields["create_missing"]

    def pickers(self) -> list[dict[str, Any]]:
        """A row for each column of the file: its header, a value of it, the pickers of what it feeds."""
        return [
            {"header": header, "example": example, "fields": [self[f"{name}_{n}"] for name, *_words in PICKERS]}
            for n, (header, example) in enumerate(self.examples.items())
        ]

    def meanings(self) -> list[dict[str, Any]]:
        """A row for each word that names nothing here: the word, its column, its rows, the field of its meaning."""
        return [
            {"theirs": one.theirs, "column": label_of(one.column), "rows": one.rows, "field": self[one.key]}
            for one in self._meanings
        ]

    def about(self) -> list[dict[str, Any]]:
        """Our columns for this kind of rows: name, whether it must be there, what it holds."""
        return [
            {"label": label_of(name), "required": column.required, "about": column.about}
            for name, column in self.columns.items()
        ]

    def options(self) -> list[forms.BoundField]:
        """The fields that hold for the whole file."""
        return [self[name] for name in self.base_fields if name in self.fields]

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
            "values": self._values(),
            "create_missing": sent.get("create_missing", []),
            "date_format": sent["date_format"],
            "decimal_comma": sent["decimal_comma"],
            "defaults": {name: value for name, value in defaults.items() if value},
        }

    def _values(self) -> dict[str, dict[str, str]]:
        """What words of the file mean, those included that only a mapping file could name."""
        values = {column: dict(words) for column, words in (self._mapping.get("values") or {}).items()}
        for one in self._meanings:
            sent = self.cleaned_data[one.key]
            words = values.setdefault(one.column, {})
            words.pop(one.theirs, None)
            if sent != AS_IT_STANDS:
                words[one.theirs] = sent.removeprefix(NAME) if sent != NOTHING or not one.names else ""
        return {column: words for column, words in values.items() if words}

    def _fed_by(self, n: int) -> list[str]:
        """Our columns that the n-th of theirs feeds; a third and more, which only a mapping file can name, stay."""
        ours = [self.cleaned_data[f"{name}_{n}"] for name, *_words in PICKERS]
        more = self._known.get(self.headers[n], [])[len(PICKERS) :]
        return list(dict.fromkeys(filter(None, [*ours, *(more if ours[0] else [])])))


def label_of(name: str) -> Any:
    """A kind's or a column's name for people."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def _picked(name: str, column: Column) -> Any:
    return _("%(column)s (required)") % {"column": label_of(name)} if column.required else label_of(name)


def _is_named(shelf: str, kind: type[Kind]) -> bool:
    """Whether rows of a kind may name something of a shelf: also what they stand below, and the stage of a deal."""
    columns = kind.columns
    if any(column.shelf == shelf for column in columns.values()):
        return True
    return (shelf == "stages" and "stage" in columns) or (shelf == kind.name and "parent" in columns)


def _picker(label: str, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    look = forms.Select(attrs={"class": "form-select", "aria-label": label})
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=look)


def _meaning_field(meaning: Meaning) -> forms.Field:
    label = _("What “%(word)s” stands for") % {"word": meaning.theirs}
    if not meaning.names:
        look = forms.TextInput(attrs={"class": "form-control", "aria-label": label, "autocomplete": "off"})
        return forms.CharField(label=label, required=False, max_length=300, widget=look)
    known = dict.fromkeys([*meaning.names, *([meaning.ours] if meaning.ours else [])])
    nothing = [(NOTHING, _("nothing, the cell is empty"))] if meaning.may_be_empty else []
    return _picker(label, [(AS_IT_STANDS, _("– as it stands –")), *nothing, *((NAME + name, name) for name in known)])


def _said(meaning: Meaning) -> str:
    """How the field shows what was said of a word before."""
    if meaning.ours is None:
        return AS_IT_STANDS
    if not meaning.names:
        return meaning.ours
    return NAME + meaning.ours if meaning.ours else NOTHING
