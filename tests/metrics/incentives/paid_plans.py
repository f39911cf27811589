"""What the plans of random paid histories pay: every kind of reward but bonuses, with and without a clawback window."""

from dataclasses import dataclass
from typing import Any

STEPS = [{"from": "0", "rate": "0.05"}, {"from": "0.4", "rate": "0.08"}, {"from": "1", "rate": "0.125"}]


def tiers(mode: str) -> dict[str, Any]:
    return {"by": "attainment", "of": "won_revenue", "mode": mode, "steps": STEPS}


def bookings(**words: Any) -> dict[str, Any]:
    return {"name": "Bookings", "kind": "commission", **words}


SMALL = bookings(rate="0.02")
PUSH = {
    "name": "Push", "kind": "spiff", "per_deal": "75.01", "from": "2026-01-10", "to": "2026-04-20", "split": "share",
    "cap": "250",
}  # fmt: skip
LAUNCH = {"name": "Launch", "kind": "spiff", "per_deal": "40", "from": "2026-02-01", "split": "full"}
TEAM = {
    "name": "Team", "kind": "override", "of_team": "north",
    "tiers": {
        "by": "amount", "mode": "retroactive",
        "steps": [{"from": "0", "rate": "0.01"}, {"from": "9000", "rate": "0.0175"}],
    },
    "threshold": {"at": "1500", "by": "amount", "pays_from": "threshold"}, "cap": "350",
}  # fmt: skip
DRAW = {"name": "Guarantee", "kind": "draw", "amount": "300", "every": "month", "to": "2026-03-31"}
FLOOR = {"name": "Floor", "kind": "draw", "amount": "450", "every": "month", "recoverable": "false"}
WINDOW = 45


@dataclass(frozen=True)
class Pay:
    """What a plan pays: the components of both versions, the draws of each, its clawback window (None: no limit)."""

    components: list[dict[str, Any]]
    draws: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([DRAW], [])
    window: int | None = None

    @property
    def is_of_team(self) -> bool:
        """Whether it counts what others win."""
        return any(one["kind"] == "override" for one in self.components)


MARGINAL = bookings(tiers=tiers("marginal"), threshold={"at": "0.2", "pays_from": "threshold"})
RETROACTIVE = bookings(tiers=tiers("retroactive"), cap="1500")
FROM_ZERO = bookings(rate="0.0333", threshold={"at": "9000", "by": "amount", "pays_from": "zero"}, cap="500")
PLANS = {
    "marginal": Pay([MARGINAL]),
    "retroactive": Pay([RETROACTIVE]),
    "from zero": Pay([FROM_ZERO]),
    "marginal, window": Pay([MARGINAL], window=WINDOW),
    "retroactive, window": Pay([RETROACTIVE], window=WINDOW),
    "never taken back": Pay([FROM_ZERO], window=0),
    "spiffs, window": Pay([SMALL, PUSH, LAUNCH], draws=([FLOOR], [DRAW | {"to": "2026-05-31"}]), window=WINDOW),
    "override, window": Pay([SMALL, TEAM], draws=([DRAW], [FLOOR]), window=WINDOW),
}
