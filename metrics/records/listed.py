"""Rows of a record list that no query can say: worked out one by one, in order of day and record."""

import datetime
from typing import NamedTuple


class ListedRow(NamedTuple):
    """A record and what it adds, like a row of a stream's query."""

    day: datetime.date
    id: int
    name: str
    external_id: str
    contribution: int
