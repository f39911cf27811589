"""Why a figure moved, by hand, and that the parts always add up to the change."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.dimensions import Member
from metrics.explain import explain_levers, explain_ratio, explain_total
from metrics.metric import Parts

WEB, FAIR, PARTNER = (Member(key, key) for key in ("web", "fair", "partner"))


def rate(won: int, closed: int) -> Parts:
    return Parts(Fraction(won, closed) if closed else None, won, closed, closed)


def total(value: int) -> Parts:
    return Parts(value, value, None, 1)


def test_a_sum_moves_by_what_its_members_moved():
    effects = explain_total({WEB: total(500), FAIR: total(100)}, {WEB: total(650), PARTNER: total(20)}, -70)
    assert [(effect.member, effect.total) for effect in effects] == [(WEB, -150), (FAIR, 100), (PARTNER, -20)]


def test_what_no_member_holds_is_said():
    effects = explain_total({WEB: total(10)}, {WEB: total(4)}, 9)
    assert [(effect.member, effect.total) for effect in effects] == [(WEB, 6), (None, 3)]


def test_a_rate_moves_by_mix_though_no_member_moved():
    """Both channels win as ever (80 % and 20 %), but more comes from the worse one: 50 % become 32 %."""
    now = {WEB: rate(16, 20), FAIR: rate(16, 80)}
    before = {WEB: rate(40, 50), FAIR: rate(10, 50)}
    effects = explain_ratio(now, before, rate(32, 100), rate(50, 100))
    assert {effect.rate for effect in effects} == {0}
    by_member = {effect.member: effect.mix for effect in effects}
    # mean rate of both periods 41 %: (80 - 41) x -30 points, (20 - 41) x +30 points
    assert by_member == {WEB: Fraction(-117, 1000), FAIR: Fraction(-63, 1000)}
    assert sum(by_member.values()) == Fraction(-18, 100)


def test_a_rate_moves_by_its_members_rates_where_the_mix_stays():
    effects = explain_ratio(
        {WEB: rate(30, 50), FAIR: rate(10, 50)}, {WEB: rate(40, 50), FAIR: rate(10, 50)}, rate(40, 100), rate(50, 100)
    )
    assert [(effect.member, effect.rate, effect.mix) for effect in effects] == [
        (WEB, Fraction(-1, 10), 0), (FAIR, 0, 0),
    ]  # fmt: skip


def test_a_newcomer_is_all_mix():
    now, before = {WEB: rate(5, 10), FAIR: rate(0, 10)}, {WEB: rate(5, 10)}
    effects = {effect.member: effect for effect in explain_ratio(now, before, rate(5, 20), rate(5, 10))}
    assert effects[FAIR].rate == 0
    assert sum(effect.total for effect in effects.values()) == Fraction(-1, 4)


@pytest.mark.parametrize(("now", "before"), [(rate(0, 0), rate(1, 2)), (rate(1, 2), rate(0, 0))])
def test_without_a_ratio_there_is_nothing_to_explain(now, before):
    with pytest.raises(ValueError, match="denominator"):
        explain_ratio({}, {}, now, before)


CASES = st.dictionaries(st.sampled_from([WEB, FAIR, PARTNER]), st.tuples(st.integers(0, 50), st.integers(0, 50)))


@settings(max_examples=500, deadline=None)
@given(CASES, CASES)
def test_effects_add_up_to_the_change_exactly(now, before):
    def parts(cases):
        found = {member: rate(won, won + lost) for member, (won, lost) in cases.items()}
        return found, rate(sum(p.numerator for p in found.values()), sum(p.denominator for p in found.values()))

    (late, whole_now), (early, whole_before) = parts(now), parts(before)
    if not whole_now.denominator or not whole_before.denominator:
        return
    effects = explain_ratio(late, early, whole_now, whole_before)
    assert all(effect.member is not None for effect in effects)
    assert sum(effect.total for effect in effects) == whole_now.value - whole_before.value


def test_levers_share_the_change_by_their_logarithms():
    """50 x 20 % x 6,000 / 60 after 40 x 25 % x 6,000 / 75: open deals x 1.25, win rate x 0.8, pace x 1.25."""
    shares = explain_levers(
        {"open": (50, 40), "rate": (Fraction(1, 5), Fraction(1, 4)), "size": (6000, 6000),
         "pace": (Fraction(1, 60), Fraction(1, 75))}
    )  # fmt: skip
    assert {name: round(share, 9) for name, share in shares.items()} == {"open": 1, "rate": -1, "size": 0, "pace": 1}
    assert explain_levers({"open": (1, 0)}) is None
    assert explain_levers({"open": (3, 3)}) is None
