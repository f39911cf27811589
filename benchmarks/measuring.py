"""All that is measured, in the order of the rows."""

import sys
from collections.abc import Iterator

from benchmarks.api import measure_api
from benchmarks.night import measure_backfill, measure_night
from benchmarks.pages import measure_pages
from benchmarks.pay import measure_pay
from benchmarks.results import Result


def measure(rows: set[str], rounds: int, *, with_audits: bool) -> list[Result]:
    """The results of the rows that are asked for, told one by one while they come.

    ``with_audits``: also what a night with its audits takes; a company of copies does not stand them.
    """
    results = []
    for result in _measured(rows, rounds, with_audits):
        print(f"{result.row} {result.what}: {result.ratio:.2f} {result.facts}", file=sys.stderr, flush=True)
        results.append(result)
    return sorted(results, key=lambda result: int(result.row[1:]))


def _measured(rows: set[str], rounds: int, with_audits: bool) -> Iterator[Result]:
    yield from measure_pages(rows, rounds)
    if "P6" in rows:
        yield from measure_api(rounds)
    if "P9" in rows:
        yield from measure_night(rounds, with_audits=with_audits)
    if "P11" in rows:
        yield from measure_backfill()
    if "P17" in rows:
        yield from measure_pay(rounds)
