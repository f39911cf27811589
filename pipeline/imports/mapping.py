"""Mapping files: how another program's export becomes our columns (the format of the contract)."""

import datetime
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from accounts.json_text import read_json
from pipeline.imports.cells import clean
from pipeline.imports.report import ImportRefused

KEYS = ("columns", "values", "defaults", "date_format", "decimal_comma", "create_missing")
LONG = 40
CREATABLE = ("accounts", "reps", "teams", "products", "stages", "channels")


@dataclass(frozen=True)
class FileMapping:
    """``columns``: their header -> ours. ``values``: ours -> their value -> ours. ``defaults`` fill empty cells."""

    columns: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    defaults: AnyMapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal_comma: bool = False
    create_missing: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": {header: list(ours) for header, ours in self.columns.items()},
            "values": {column: dict(words) for column, words in self.values.items()},
            "defaults": dict(self.defaults),
            "date_format": self.date_format,
            "decimal_comma": self.decimal_comma,
            "create_missing": sorted(self.create_missing),
        }


def read_mapping(text: str) -> FileMapping:
    """A mapping file's text; ImportRefused names what is wrong."""
    try:
        content = read_json(text)
    except ValueError as error:
        raise ImportRefused(f"The mapping is no valid JSON: {error}.") from error
    return mapping_of(content)


def mapping_of(content: Any) -> FileMapping:
    """A mapping from its JSON content."""
    content = _object(content, "The mapping")
    unknown = set(content) - set(KEYS)
    if unknown:
        raise ImportRefused(f"The mapping has unknown keys {_listed(unknown)}; known are {', '.join(KEYS)}.")
    date_format = content.get("date_format") or ""
    _check_date_format(date_format)
    comma = content.get("decimal_comma", False)
    if not isinstance(comma, bool):
        raise ImportRefused("decimal_comma in the mapping is true or false.")
    return FileMapping(
        columns={header: _targets(header, ours) for header, ours in _object(content.get("columns"), "columns").items()},
        values={
            column: {clean(str(theirs)): _text(ours) for theirs, ours in _object(words, f"values of {column}").items()}
            for column, words in _object(content.get("values"), "values").items()
        },
        defaults={column: _text(value) for column, value in _object(content.get("defaults"), "defaults").items()},
        date_format=date_format,
        decimal_comma=comma,
        create_missing=_creatable(content.get("create_missing")),
    )


def _object(content: Any, what: str) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ImportRefused(f"{what} in the mapping must be an object in braces.")
    return content


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise ImportRefused(f"“{value}” in the mapping must be a text.")
    return clean(str(value))


def _targets(header: str, ours: Any) -> tuple[str, ...]:
    targets = [ours] if isinstance(ours, str) else ours
    if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
        raise ImportRefused(f"columns.{header} in the mapping must be a column's name or a list of names.")
    return tuple(target.strip() for target in targets if target.strip())


def _creatable(content: Any) -> frozenset[str]:
    if content is None:
        return frozenset()
    if not isinstance(content, list) or not set(content) <= set(CREATABLE):
        raise ImportRefused(f"create_missing in the mapping is a list of: {', '.join(CREATABLE)}.")
    return frozenset(content)


def _check_date_format(date_format: Any) -> None:
    """The format must be able to tell one day from another."""
    sample = datetime.datetime(2026, 12, 31)  # noqa: DTZ001
    try:
        day = datetime.datetime.strptime(sample.strftime(date_format), date_format).date() if date_format else None  # noqa: DTZ007
    except (ValueError, TypeError, AttributeError):
        day = datetime.date.min
    if day is not None and day != sample.date():
        raise ImportRefused(
            f"date_format “{date_format}” in the mapping must name day, month and year, such as %d.%m.%Y."
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(map(str, names))[:20])


def normal(header: str) -> str:
    """A header in the form of our column names."""
    return "_".join(clean(header).casefold().replace("-", " ").replace("_", " ").split())


@dataclass
class Translation:
    """A mapping bound to the headers of one file and the columns of one kind."""

    sources: dict[str, list[int]]
    """Our column -> positions of the file's cells that feed it; the first that is not empty counts."""
    mapping: FileMapping
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> set[str]:
        """Our columns that this file fills."""
        return set(self.sources) | set(self.mapping.defaults)

    @property
    def shared_close(self) -> bool:
        """Whether one of their columns is the close that is expected and the one that came true."""
        closed = self.sources.get("closed_at")
        return bool(closed) and closed == self.sources.get("expected_close_on")

    def cells(self, record: list[str]) -> dict[str, str]:
        """Our columns' texts of a record."""
        ours: dict[str, str] = {}
        for column in {**self.sources, **self.mapping.defaults}:  # in the file's order, as its problems are told
            text = next((cell for at in self.sources.get(column, ()) if (cell := clean(record[at]))), "")
            words = self.mapping.values.get(column)
            if text and words:
                text = words.get(text, words.get("*", text))
            ours[column] = text or self.mapping.defaults.get(column, "")
        return ours


def translate(headers: list[str], mapping: FileMapping, columns: AnyMapping[str, Any]) -> Translation:
    """Bind a mapping to a file. Headers that the mapping does not name count when they are ours already."""
    _check_names(mapping, columns)
    places = {clean(header): at for at, header in enumerate(headers)}
    folded = {header.casefold(): at for header, at in places.items()}
    sources: dict[str, list[int]] = {}
    used: set[int] = set()
    notes = []
    for header, ours in mapping.columns.items():
        at = places.get(clean(header), folded.get(clean(header).casefold()))
        if at is None and not ours:
            continue
        if at is None:
            notes.append(f"The file has no column “{header}”, which the mapping names.")
            continue
        used.add(at)
        for column in ours:
            sources.setdefault(column, []).append(at)
    for at, header in enumerate(headers):
        column = normal(header)
        if at not in used and column in columns and column not in sources:
            sources[column] = [at]
            used.add(at)
    ignored = [headers[at] for at in range(len(headers)) if at not in used and headers[at]]
    if ignored:
        notes.append(f"Columns that are not imported: {', '.join(ignored)}.")
    if not sources:
        raise ImportRefused(
            f"No column of the file is known. Its first row must name columns; it reads: {_beginnings(headers)}. "
            f"Known are: {', '.join(columns)}."
        )
    return Translation(sources, mapping, notes)


def _beginnings(headers: list[str]) -> str:
    return ", ".join(header if len(header) <= LONG else header[:LONG] + "…" for header in headers[:10])


def _check_names(mapping: FileMapping, columns: AnyMapping[str, Any]) -> None:
    named = {column for ours in mapping.columns.values() for column in ours}
    unknown = (named | set(mapping.values) | set(mapping.defaults)) - set(columns)
    if unknown:
        raise ImportRefused(f"The mapping names unknown columns {_listed(unknown)}; known are {', '.join(columns)}.")
