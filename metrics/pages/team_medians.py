"""A rep's figures beside the median of the team: one number for all, which names nobody."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Rep
from metrics.numbers import decimal_of
from metrics.pages.addresses import Where
from metrics.pages.reading import Reader
from metrics.scopes import Scope, team_scope

FEWEST = 4
"""Of fewer reps the median would tell what a colleague does."""


@dataclass(frozen=True)
class Team:
    """The smallest team around a rep that is large enough, with the keys of its reps who have not left."""

    scope: Scope
    reps: tuple[str, ...]

    @classmethod
    def of(cls, rep: Rep) -> "Team | None":
        """None where even the topmost team is too small."""
        team = rep.team
        while team is not None:
            scope = team_scope(team)
            reps = [one.key for one in Rep.objects.filter(team__in=scope.team_ids, left_on=None).order_by("pk")]
            if len(reps) >= FEWEST:
                return cls(scope, tuple(reps))
            team = team.parent
        return None


def median(values: list[Fraction]) -> Decimal | None:
    """The middle one, or between the two middle ones; None of fewer than ``FEWEST``."""
    if len(values) < FEWEST:
        return None
    ordered, half = sorted(values), len(values) // 2
    middle = ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return decimal_of(middle)


def team_median(reader: Reader, team: Team, slug: str, *, of_counts: bool, where: Where = ()) -> Decimal | None:
    """The median of a figure over the reps of the team; of counts who has none has 0, of rates none is left out."""
    figure = reader.figure(slug, scope=team.scope, by="rep", where=where)
    by_rep = {row.member.key: row.value.value for row in figure.by or []}
    known = [by_rep.get(rep) for rep in team.reps]
    return median([Fraction(value or 0) for value in known if of_counts or value is not None])


def add_medians(reader: Reader, rep: Rep, board: dict[str, Any]) -> None:
    """Put the team's median beside each step of the own funnel and each kind of the own activities."""
    team = Team.of(rep)
    if team is None:
        return
    for step in board["funnel"]["steps"]:
        of_counts = not step["is_share"]
        value = team_median(reader, team, step["slug"], of_counts=of_counts)
        write = formats.plain if of_counts else formats.percent
        step["median"] = "" if value is None else write(value)
    board["funnel"]["team"] = team.scope.label
    _add_to_mix(reader, team, board["mix"])


def _add_to_mix(reader: Reader, team: Team, mix: dict[str, Any]) -> None:
    kinds = [row.member.key for row in reader.figure("activities_logged", by="activity_kind").by or []]
    if mix["spec"] is None or len(kinds) != len(mix["rows"]):
        return
    medians = [
        team_median(reader, team, "activities_logged", of_counts=True, where=(("activity_kind", kind),))
        for kind in kinds
    ]
    whole = team_median(reader, team, "activities_logged", of_counts=True)
    written = ["" if value is None else formats.plain(value) for value in medians]
    title = _("Median of %s") % team.scope.label
    mix["heads"].append(title)
    for row, text in zip(mix["rows"], written, strict=True):
        row["cells"].append(text)
    mix["total"]["cells"].append("" if whole is None else formats.plain(whole))
    mix["spec"]["sets"].append({
        "label": title,
        "data": [None if value is None else f"{value:f}" for value in medians],
        "colour": "c-other",
        "barLabels": written,
    })  # fmt: skip
    mix["key"] = [{"swatch": "", "label": _("You")}, {"swatch": "other", "label": title}]
    if whole is not None:
        words = {"summary": mix["summary"], "team": team.scope.label, "median": formats.plain(whole)}
        mix["summary"] = _("%(summary)s The median of %(team)s is %(median)s in all.") % words
