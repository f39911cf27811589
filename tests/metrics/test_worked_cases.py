"""Small companies whose figures were worked out by hand: through import, the night and the command's answer.

``tests/data/cases/<company>``: ``company.json`` (settings, files and commands in order, each with the moment when it
came in, if that matters), the files, ``expected.json`` (figures, each with how it came about). Counts and money compare
exactly, ratios to a billionth of their size, live and stored.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from metrics.asking import ask
from tests.metrics.everyone import everyone

CASES = Path(__file__).parent.parent / "data" / "cases"
COMPANIES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
PARTS = ("value", "numerator", "denominator", "n")
WORDS = ("period", "scope", "by", "compare", "as_of", "known_on")
BILLIONTH = Decimal("1e-9")


@pytest.fixture
def company(request, company_of_file, db):
    """The folder of a company that is in the database with all its nights."""
    return company_of_file


def equal(want, got):
    if want is None or got is None:
        return want is None and got is None
    want, got = Decimal(str(want)), Decimal(str(got))
    return abs(want - got) <= BILLIONTH * max(abs(want), 1) if want % 1 else want == got


def differing(want, got, where):
    """Keys that were worked out and that differ. Parts of what is null may be null or 0."""
    for key in PARTS:
        if key not in want or equal(want[key], got.get(key)):
            continue
        if key == "value" or want.get("value") is not None or want[key] or got.get(key):
            yield f"{where} {key}: worked out {want[key]}, got {got.get(key)}"


def check(case, *, stored):
    where = " ".join(str(case[key]) for key in ("metric", *WORDS, "where") if case.get(key))
    words = {key: case.get(key) or "" for key in WORDS}
    now, filters = timezone.now(), case.get("where") or ()
    got = ask(case["metric"], words, where=filters, user=everyone(), now=now, stored=stored).figure(now).as_json()
    yield from differing(case, got, where)
    if "by_members" in case:
        members = {row["key"]: row for row in got["by"]}
        wanted = {row["key"]: row for row in case["by_members"]}
        if members.keys() != wanted.keys():
            yield f"{where}: members {sorted(members)}, worked out {sorted(wanted)}"
        for key in wanted.keys() & members.keys():
            yield from differing(wanted[key], members[key], f"{where} {key}")
    if "previous" in case:
        yield from differing(case["previous"], got["previous"], f"{where} previous")


@pytest.mark.parametrize("company", COMPANIES, indirect=True)
def test_figures_are_as_worked_out_by_hand(company):
    cases = json.loads((company / "expected.json").read_text())
    assert len(cases) >= 28
    lines = [line for stored in (False, True) for case in cases for line in check(case, stored=stored)]
    assert not lines, "\n".join(lines)
