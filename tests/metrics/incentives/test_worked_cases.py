"""Worked incentive cases: through import, ``load_plan`` and ``statement --json``, to the minor unit.

They lie beside the checkout (``PUBLIC_DATA``/../incentive_cases); each says in its note how its figures came about.
"""

import pytest
import yaml

from tests.conftest import PUBLIC_DATA
from tests.metrics.incentives.company_of_case import CompanyOfCase, differing

CASES = sorted((PUBLIC_DATA.parent / "incentive_cases").glob("*.yaml"))


def read(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506, every scalar is text


@pytest.mark.data
@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_statements_are_as_worked_out_by_hand(path, db, tmp_path, monkeypatch, settings):
    case = read(path)
    company = CompanyOfCase(case, tmp_path, monkeypatch, settings)
    if "refused" in case:
        with pytest.raises(SystemExit):
            play(company)
    else:
        assert play(company) == []


def play(company):
    company.set_up()
    company.load_plans()
    return [
        text
        for asked, expect, got in company.go()
        for text in differing(expect, got, f"{asked['rep']} {asked['period']}")
    ]
