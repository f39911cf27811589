"""The planted faults can still be planted; that each is caught is for ``python -m tests.faults``."""

from pathlib import Path

import pytest

from tests.faults.planted import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_forty_of_them_in_all_areas():
    assert len(FAULTS) >= 40
    assert len({fault.area for fault in FAULTS}) >= 15


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.area}: {fault.wrong}")
def test_its_text_is_there_once(fault: Fault):
    assert (ROOT / fault.file).read_text().count(fault.text) == 1
    assert fault.text != fault.instead
    missing = [test for test in fault.tests if not (ROOT / test).exists()]
    assert not missing
