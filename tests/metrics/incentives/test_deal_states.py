"""Deals as pay sees them: frozen on winning, and undone only inside the clawback window."""

import datetime
from fractions import Fraction

from metrics.incentives.deal_states import Approved, replay
from pipeline.fold import Event

OPENED = {
    "outcome": "open",
    "owner": 1,
    "amount_minor": 1000,
    "currency": "USD",
    "rate": "1",
    "kind": "new",
    "lines": [],
}
WON = datetime.date(2026, 1, 10)


def won(on, **more):
    return {"outcome": "won", "closed_at": f"{on}T00:00:00+00:00", **more}


def events(*rows):
    found = [Event(1, OPENED, datetime.date(1, 1, 1), None)]
    return found + [
        Event(number, patch, datetime.date.fromisoformat(on), None) for number, (on, patch) in enumerate(rows, 2)
    ]


def state(*rows, days=None, seen=2, left_out=None):
    approved = None if days is None else Approved(WON, days, seen, left_out or {})
    return replay(events(*rows), lambda at: at.date(), approved)


FIRST = ("2026-01-10", won("2026-01-10", rate="2"))


def test_owner_and_rate_are_those_of_the_winning():
    got = state(("2026-01-05", {"owner": 2}), FIRST, ("2026-01-11", {"owner": 3, "rate": "5", "amount_minor": 900}))
    assert (got.owner, got.rate, got.fields["amount_minor"], got.closed_on) == (2, Fraction(2), 900, WON)


def test_a_rate_that_was_missing_is_filled_in():
    got = state(("2026-01-10", won("2026-01-10", rate=None)), ("2026-01-10", {"rate": "3"}))
    assert got.rate == Fraction(3)


def test_won_anew_it_is_another_winning():
    got = state(
        FIRST,
        ("2026-02-01", {"outcome": "open"}),
        ("2026-02-03", {"owner": 4}),
        ("2026-02-20", won("2026-02-20", rate="7")),
    )
    assert (got.owner, got.rate, got.closed_on.isoformat()) == (4, Fraction(7), "2026-02-20")


def test_undone_on_the_last_day_of_the_window_counts_and_a_day_later_does_not():
    assert not state(FIRST, ("2026-04-10", {"outcome": "lost"}), days=90).is_won
    late = state(FIRST, ("2026-04-11", {"outcome": "lost"}), days=90)
    assert (late.is_won, late.left_out) == (True, {3: "whole"})
    assert not state(FIRST, ("2026-04-11", {"outcome": "lost"}), days=None).is_won
    assert state(FIRST, ("2026-01-11", {"deleted": "2026-01-11"}), days=0).is_won
    assert not state(FIRST, ("2026-01-10", {"deleted": "2026-01-10"}), days=0).is_won


def test_a_later_fall_of_the_amount_is_left_out_and_a_rise_counts():
    got = state(FIRST, ("2026-05-01", {"amount_minor": 800, "owner": 9}), days=90)
    assert (got.fields["amount_minor"], got.fields["owner"], got.left_out) == (1000, 9, {3: "money"})
    assert state(FIRST, ("2026-05-01", {"amount_minor": 1200}), days=90).fields["amount_minor"] == 1200
    both = state(FIRST, ("2026-05-01", {"amount_minor": 1200}), ("2026-06-01", {"amount_minor": 1100}), days=90)
    assert both.fields["amount_minor"] == 1200


def test_what_came_before_approval_counts_and_what_was_left_out_stays_so():
    late = ("2026-05-01", {"amount_minor": 800})
    assert state(FIRST, late, days=90, seen=3).fields["amount_minor"] == 800
    assert state(FIRST, late, days=90, seen=3, left_out={3: "money"}).fields["amount_minor"] == 1000


def test_won_anew_after_a_loss_that_was_too_late_it_moves():
    lost, anew = ("2026-05-01", {"outcome": "lost"}), ("2026-06-01", won("2026-06-01", amount_minor=700, rate="2"))
    got = state(FIRST, lost, anew, days=90)
    assert (got.closed_on.isoformat(), got.fields["amount_minor"], got.left_out) == ("2026-06-01", 700, {3: "whole"})


def test_a_credit_deal_has_no_window():
    assert not state(
        FIRST, ("2026-01-10", {"kind": "credit"}), ("2026-06-01", {"outcome": "lost"}), days=90, seen=3
    ).is_won
