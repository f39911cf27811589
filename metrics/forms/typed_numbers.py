"""Numbers between a plan's document, which has plain decimals, and its fields, which speak the reader's language."""

import re
from decimal import Decimal, InvalidOperation

from accounts.formats import as_typed
from metrics.incentives.entries import plain
from pipeline.forms.amounts import plain_number

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
LONGEST = 28
"""Characters; what is longer is left as it is, for the document's reader to refuse."""


def document_number(typed: str, *, is_share: bool = False) -> str:
    """What was typed as decimal text; a share is typed in percent. ValueError when it is no number."""
    if not typed or len(typed) > LONGEST:
        return typed
    try:
        number = Decimal(plain_number(typed))
    except InvalidOperation as error:
        raise ValueError(typed) from error
    return f"{plain(number.scaleb(-2) if is_share else number):f}"


def typed_number(text: str, *, is_share: bool = False) -> str:
    """A document's number as it is typed; what is none stays as it is."""
    if not _PLAIN.fullmatch(text) or len(text) > LONGEST:
        return text
    number = plain(Decimal(text).scaleb(2) if is_share else Decimal(text))
    return as_typed(number)


def document_level(typed: str) -> str:
    """A metric's level: a percentage with its sign is a fraction."""
    return document_number(typed, is_share=typed.endswith("%"))


def typed_level(text: str, unit: str | None) -> str:
    """35% of a metric that is measured in percent, else the number."""
    if unit != "percent" or not _PLAIN.fullmatch(text):
        return typed_number(text)
    return f"{typed_number(text, is_share=True)}%"
