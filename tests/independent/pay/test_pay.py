"""Random plans and histories are paid alike by two programs that share nothing, to the minor unit and line by line.

Ten thousand by hand: ``python -m tests.independent.pay --plans 10000 --seed 7``.
"""

from tests.independent.pay.against_engine import compare_plans
from tests.independent.pay.through_database import compare_companies

SEED, PLANS = 2, 80


def test_an_independent_program_pays_the_same():
    found = compare_plans(SEED, PLANS)
    assert not found.differences, f"seed {SEED}\n" + "\n".join(found.differences[:10])
    assert found.lines.total() >= 200
    assert {"commission", "override", "spiff", "bonus", "true_up", "cap", "draw", "recovery"} == set(found.lines)


def test_so_does_the_statement_command(db):
    compared, _offers, said = compare_companies(SEED, 2)
    assert not said, "\n".join(said[:5])
    assert compared
