"""The text of a cell as a value. Whatever can be meant in two ways is refused, with what is allowed instead."""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.business_dates import business_date, day_start, local_instant
from accounts.money import MoneyError, check_currency

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?) ?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII),
    ".": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?", re.ASCII),
}
_SPACED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f'’]\d{3})+([.,]\d*)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA_GUARD = re.compile(r"'(?=\s*[=+\-@\t\r|%])")
_YES = frozenset({"yes", "true", "1", "y", "on"})
_NO = frozenset({"no", "false", "0", "n", "off"})
FIRST_YEAR, LAST_YEAR = 1900, 2199


class CellError(ValueError):
    """A cell that can't be used; the message says what is allowed.

    ``value``: its text where it names nothing here, so that another word for it would mend the cell.
    """

    def __init__(self, message: str, value: str = "") -> None:
        super().__init__(message)
        self.value = value


class Typed(str):
    """The text of a spreadsheet's typed cell: an ISO date or a plain number, whatever the mapping says of texts."""

    __slots__ = ()


def clean(text: str) -> str:
    """A cell without blanks around it, in one Unicode form; the apostrophe that disarms formulas is taken off."""
    if isinstance(text, Typed):
        return text
    stripped = unicodedata.normalize("NFC", text).strip().strip("\ufeff\u200b\u200e\u200f\u00a0").strip()
    return _FORMULA_GUARD.sub("", stripped, count=1) if stripped.startswith("'") else stripped


@dataclass(frozen=True)
class Reader:
    """Reads cells in the way that a file is written. ``date_format``: strptime's, empty for ISO."""

    zone: ZoneInfo
    date_format: str = ""
    decimal_comma: bool = False

    def text(self, text: str, longest: int = 300) -> str:
        """Any text without control characters."""
        if _CONTROL.search(text):
            raise CellError("has characters that are no text (control characters).")
        if len(text) > longest:
            raise CellError(f"has {len(text)} characters; at most {longest} are allowed.")
        return text

    def decimal(self, text: str, *, digits: int = 14, decimals: int = 4) -> Decimal:
        """An exact number with at most ``digits`` digits before and ``decimals`` after the point."""
        plain = self._plain(text)
        value = Decimal(plain)
        if abs(value) >= Decimal(10) ** digits:
            raise CellError(f"“{_short(text)}” is too large; at most {digits} digits before the point are allowed.")
        if len(plain.partition(".")[2].rstrip("0")) > decimals:
            raise CellError(f"“{_short(text)}” has more than {decimals} decimals.")
        return value + 0

    def _plain(self, text: str) -> str:
        comma = self.decimal_comma and not isinstance(text, Typed)
        point, group = (",", ".") if comma else (".", ",")
        bare = re.sub(r"[ \u00a0\u202f'’]", "", text) if _SPACED.fullmatch(text) else text
        if _GROUPED[group].fullmatch(bare) and (bare.count(group) > 1 or point in bare):
            bare = bare.replace(group, "")
        if group not in bare and _PLAIN.fullmatch(bare.replace(point, ".")):
            return bare.replace(point, ".")
        hint = " (the mapping says decimal comma)." if comma else "; for a decimal comma set decimal_comma."
        raise CellError(
            f"“{_short(text)}” is no number that can be read in one way only; write 1234{point}56, without currency "
            f"signs, brackets or exponents{hint}"
        )

    def whole(self, text: str, *, most: int = 2_147_483_647) -> int:
        """A whole number from 0 on."""
        value = self.decimal(text)
        if value != value.to_integral_value() or not 0 <= value <= most:
            raise CellError(f"“{_short(text)}” is no whole number from 0 to {most}.")
        return int(value)

    def fraction(self, text: str, *, decimals: int = 4) -> Decimal:
        """A share from 0 to 1, or a percentage with its sign; further decimals are rounded half-even."""
        percent = text.endswith("%")
        value = self.decimal(text.rstrip("% \u00a0") if percent else text, decimals=20)
        value = value / 100 if percent else value
        if not 0 <= value <= 1:
            raise CellError(f"“{_short(text)}” is no fraction from 0 to 1 (0.25 or 25%).")
        return value.quantize(Decimal(1).scaleb(-decimals))

    def day(self, text: str) -> datetime.date:
        """A day; of a text with a time, its day in the company's zone."""
        moment, has_time = self._moment(text)
        if not has_time:
            return moment.date()
        return moment.date() if moment.tzinfo is None else business_date(moment, self.zone)

    def instant(self, text: str) -> tuple[datetime.datetime, bool]:
        """An instant (UTC), and whether the text had a time of day; a day alone begins at midnight of the company."""
        moment, has_time = self._moment(text)
        if not has_time:
            return day_start(moment.date(), self.zone), False
        if moment.tzinfo is not None:
            return moment.astimezone(datetime.UTC), True
        return local_instant(moment, self.zone), True

    def _moment(self, text: str) -> tuple[datetime.datetime, bool]:
        try:
            found = (
                _formatted(text, self.date_format) if self.date_format and not isinstance(text, Typed) else _iso(text)
            )
        except (ValueError, OverflowError):
            found = None
        if found is None:
            wanted = f"written as {self.date_format}" if self.date_format else "in ISO form, such as 2026-03-31"
            hint = " A number of days, as spreadsheets count them, is none." if re.fullmatch(r"\d{4,5}", text) else ""
            raise CellError(f"“{_short(text)}” is no date {wanted}.{hint}")
        if not FIRST_YEAR <= found[0].year <= LAST_YEAR:
            raise CellError(f"“{_short(text)}”: the year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
        return found

    def yes_no(self, text: str) -> bool:
        """yes or no, also true, false, 1, 0."""
        lower = text.lower()
        if lower in _YES or lower in _NO:
            return lower in _YES
        raise CellError(f"“{_short(text)}” is not allowed; allowed are yes and no.")

    def choice(self, text: str, allowed: Iterable[str]) -> str:
        """One of the allowed words, in any case."""
        known = {word.lower(): word for word in allowed}
        if text.lower() in known:
            return known[text.lower()]
        raise CellError(f"“{_short(text)}” is not allowed; allowed are {', '.join(known.values())}.", value=text)

    def email(self, text: str) -> str:
        """An e-mail address, in small letters."""
        try:
            validate_email(text)
        except ValidationError:
            raise CellError(f"“{_short(text)}” is no e-mail address.") from None
        if len(text) > 254:
            raise CellError("is longer than the 254 characters of an e-mail address.")
        return text.lower()

    def currency(self, text: str) -> str:
        """An ISO 4217 code in capitals."""
        try:
            return check_currency(text)
        except MoneyError as error:
            raise CellError(str(error)) from None


def _iso(text: str) -> tuple[datetime.datetime, bool] | None:
    if _ISO_DAY.fullmatch(text):
        return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time.min), False
    parts = _ISO_TIME.fullmatch(text)
    if parts is None:
        return None
    day, time, offset = parts.groups()
    return datetime.datetime.fromisoformat(f"{day}T{time}{offset or ''}"), True


def _formatted(text: str, date_format: str) -> tuple[datetime.datetime, bool] | None:
    """By the mapping's format; where it has no time of day, one may still follow."""
    timed = any(mark in date_format for mark in ("%H", "%I", "%X", "%c", "%T"))
    for form, has_time in ((date_format, timed), (f"{date_format} %H:%M", True), (f"{date_format} %H:%M:%S", True)):
        if timed and form != date_format:
            break
        try:
            return datetime.datetime.strptime(text, form), has_time  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
