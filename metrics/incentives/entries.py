"""Reading the keys of a plan's document one by one; what does not fit is noted with its place."""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from metrics.incentives.findings import REFUSE, Finding

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_EMPTY = ("", "null", "~", None)
_YES, _NO = ("true", "yes"), ("false", "no")
MOST_CHARACTERS = 60
MOST_DIGITS = 15
MOST_DECIMALS = 10


class Entries:
    """The keys of one mapping. Each is asked for once; ``finish`` refuses those that nobody asked for."""

    def __init__(self, value: Any, place: str, findings: list[Finding]) -> None:
        self._place, self._findings = place, findings
        self._asked: set[str] = set()
        self._values: dict[str, Any] = {}
        if isinstance(value, dict):
            self._values = value
        elif value not in _EMPTY:
            self.refuse("", _("must hold keys with values."))

    def refuse(self, key: str, pattern: str, **values: Any) -> None:
        self._findings.append(Finding(REFUSE, self.place(key), pattern, values=values))

    def place(self, key: str) -> str:
        return ".".join(part for part in (self._place, key) if part)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return not (isinstance(value := self._values.get(key), str | None) and value in _EMPTY)

    def finish(self) -> None:
        for key in self._values:
            if key not in self._asked:
                self.refuse(
                    str(key), _("unknown key. Possible here: %(possible)s."), possible=", ".join(sorted(self._asked))
                )

    def text(self, key: str, *, default: str | None = None, longest: int = 200) -> str:
        """A text; without a default it must be there."""
        value = self._scalar(key)
        if value is None:
            if default is None:
                self._missing(key)
            return default or ""
        if len(value) > longest:
            self.refuse(
                key, _("has %(there)s characters; at most %(most)s are allowed."), there=len(value), most=longest
            )
        return value.strip()

    def choice(self, key: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value and value not in allowed:
            self.refuse(
                key,
                _("“%(text)s” is not possible. Possible: %(possible)s."),
                text=value[:60],
                possible=", ".join(allowed),
            )
        return value

    def number(self, key: str, *, needed: bool = False) -> Decimal | None:
        """An exact decimal number; None when it is not there."""
        value = self._scalar(key)
        if value is None:
            if needed:
                self._missing(key)
            return None
        clean = value.strip()
        if not _NUMBER.fullmatch(clean) or len(clean) > MOST_CHARACTERS:
            self.refuse(key, _("“%(text)s” is no number such as 0.05 or 1000."), text=clean[:60])
            return None
        number = plain(Decimal(clean))
        exponent = number.as_tuple().exponent
        if abs(number) >= 10**MOST_DIGITS or (isinstance(exponent, int) and -exponent > MOST_DECIMALS):
            self.refuse(
                key,
                _("has more than %(digits)s digits or %(decimals)s decimals."),
                digits=MOST_DIGITS,
                decimals=MOST_DECIMALS,
            )
            return None
        return number

    def amount(self, key: str) -> Decimal:
        """A number that must be there."""
        number = self.number(key, needed=True)
        return Decimal(0) if number is None else number

    def whole(self, key: str, *, default: int, least: int) -> int:
        number = self.number(key)
        if number is None:
            return default
        if number != number.to_integral_value() or number < least or number > 10**6:
            self.refuse(key, _("%(number)s is no whole number from %(least)s on."), number=f"{number:f}", least=least)
            return default
        return int(number)

    def day(self, key: str, *, default: datetime.date) -> datetime.date:
        value = self._scalar(key)
        if value is None:
            return default
        try:
            return datetime.date.fromisoformat(value.strip())
        except ValueError:
            self.refuse(key, _("“%(text)s” is no day such as 2026-10-01."), text=value[:60])
            return default

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._values.get(key)
        self._asked.add(key)
        if isinstance(value, bool):
            return value
        if value in _EMPTY:
            return default
        if str(value).lower() not in (*_YES, *_NO):
            self.refuse(key, _("must be true or false."))
        return str(value).lower() in _YES

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; nothing there is an empty one."""
        values = self.items(key)
        found = [str(value).strip() for value in values if isinstance(value, str)]
        if len(found) < len(values):
            self.refuse(key, _("must be a list of texts."))
        if len(set(found)) < len(found):
            self.refuse(key, _("names something twice."))
        return tuple(found)

    def items(self, key: str) -> list[Any]:
        """A list as it is; nothing there is an empty one."""
        self._asked.add(key)
        value = self._values.get(key)
        if isinstance(value, list):
            return value
        if not (isinstance(value, str | None) and value in _EMPTY):
            self.refuse(key, _("must be a list, in brackets or with dashes."))
        return []

    def within(self, key: str) -> "Entries":
        """The mapping below a key."""
        self._asked.add(key)
        return Entries(self._values.get(key), self.place(key), self._findings)

    def nested(self, key: str, value: Any) -> "Entries":
        """A mapping that stands in a list below."""
        return Entries(value, self.place(key), self._findings)

    def _scalar(self, key: str) -> str | None:
        self._asked.add(key)
        value = self._values.get(key)
        if isinstance(value, str | None):
            return None if value in _EMPTY else value
        self.refuse(key, _("must be one value, not a list or keys."))
        return None

    def _missing(self, key: str) -> None:
        self.refuse(key, _("is missing."))


def plain(number: Decimal) -> Decimal:
    """The number without zeros at the end and without an exponent: 0.10 is 0.1, 1E+3 is 1000."""
    short = number.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short + 0
