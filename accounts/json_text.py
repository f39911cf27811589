"""JSON that people and other programs send, read without surprises."""

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """What the text says; ValueError if it is no JSON, which NaN and nesting without end are not either."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON.")
