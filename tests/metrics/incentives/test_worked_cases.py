"""Worked incentive cases: through import, ``load_plan`` and ``statement --json``, to the minor unit.

Ours are in ``tests/data/incentives``; more lie beside the checkout (``PUBLIC_DATA``/../incentive_cases). Each says in
its note how its figures came about.
"""

from pathlib import Path

import pytest
import yaml

from tests.conftest import PUBLIC_DATA
from tests.metrics.incentives.case_table import TABLE, table
from tests.metrics.incentives.company_of_case import CompanyOfCase, differing

OWN = Path(__file__).parents[2] / "data" / "incentives"


def read(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506, every scalar is text


def own_cases():
    common = read(OWN / "common.yaml")
    return [
        {
            **case,
            "plans": [{**common["plan"], **one} for one in case["plans"]],
            "facts": {**common["facts"], **case["facts"]},
        }
        for path in sorted(OWN.glob("*.yaml"))
        if path.stem != "common"
        for case in read(path)
    ]


def play(case, folder, monkeypatch, settings):
    company = CompanyOfCase(case, folder, monkeypatch, settings)
    company.set_up()
    company.load_plans()
    return [
        text
        for asked, expect, got in company.go()
        for text in differing(expect, got, f"{asked['rep']} {asked['period']}")
    ]


def check(case, *world):
    if "refused" in case:
        with pytest.raises(SystemExit):
            play(case, *world)
    else:
        assert play(case, *world) == []


@pytest.mark.parametrize("case", own_cases(), ids=lambda case: case["id"])
def test_what_others_leave_out_is_as_worked_out(case, db, tmp_path, monkeypatch, settings):
    check(case, tmp_path, monkeypatch, settings)


@pytest.mark.data
@pytest.mark.parametrize("path", sorted((PUBLIC_DATA.parent / "incentive_cases").glob("*.yaml")), ids=lambda p: p.stem)
def test_statements_are_as_worked_out_by_hand(path, db, tmp_path, monkeypatch, settings):
    check(read(path), tmp_path, monkeypatch, settings)


def test_the_table_for_who_pays_is_up_to_date():
    assert TABLE.read_text() == table(), "python -m tests.metrics.incentives.case_table"
