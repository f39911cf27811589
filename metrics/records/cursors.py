"""A place in a record list as a word of an address, and back."""

import base64
import binascii
import datetime
import json

from django.utils.translation import gettext as _

from accounts.json_text import read_json
from metrics.errors import QuestionRefused
from metrics.records.lists import KEY_FIELDS

Place = tuple[datetime.date, str, int]


def write_cursor(place: Place) -> str:
    day, kind, pk = place
    return base64.urlsafe_b64encode(json.dumps([day.isoformat(), kind, pk]).encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Place | None:
    """The place behind which the list goes on; None for its beginning. A made-up one is refused."""
    if not text:
        return None
    try:
        day, kind, pk = read_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if kind not in KEY_FIELDS or not isinstance(pk, int) or not 0 <= pk < 2**63:
            raise ValueError(text)
        return datetime.date.fromisoformat(day), kind, pk
    except (binascii.Error, ValueError, TypeError) as error:
        raise QuestionRefused(
            _("That place in the list does not exist. Begin again with its first page."), "after"
        ) from error
