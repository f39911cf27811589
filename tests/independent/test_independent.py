"""At least 3,000 figures of a sample company, each by two programs that share nothing, agree exactly.

All of some ten thousands by hand: ``python -m tests.independent`` (see its ``--help`` for other companies).
"""

import datetime

import pytest

from tests.independent.against_engine import compare
from tests.independent.company import TODAY, make_company
from tests.independent.export import write_tables

PERIODS = [
    "2025-09", "2025-12", "2026-02", "2026-03", "2026-05", "2026-06", "2026-08", "2026-09", "2026-10", "2025-Q4",
    "2026-Q1", "2026-Q3", "2026", "2026-W37", "2026-11", "2024-12",
]  # fmt: skip
EARLIER = ["2025-12", "2026-03", "2026"]
"""Asked as of 11 March 2026: over, running and reaching on."""


@pytest.mark.slow
def test_an_independent_program_finds_the_same_figures(db, tmp_path):
    make_company(
        zone="America/New_York", currency="USD", seed=1, reps=5, months=14, deals=180, activities=600
    )  # fmt: skip
    write_tables(tmp_path)
    found = compare(tmp_path, PERIODS, TODAY, every_scope=3)
    assert not found.differences, "\n".join(found.differences[:40])
    assert len([slug for slug in found.filled if found.filled[slug]]) >= 60
    then = compare(tmp_path, EARLIER, TODAY, every_scope=13, as_of=datetime.date(2026, 3, 11))
    assert not then.differences, "\n".join(then.differences[:40])
    assert found.filled.total() >= 3_000
