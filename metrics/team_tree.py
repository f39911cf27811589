"""The tree of teams, read once: in which cells the rows of a rep or a team are counted."""

from functools import cached_property

from accounts.models import Team

ScopeKey = tuple[str, int]
"""The kind of a scope and its id."""


class TeamTree:
    """Which cells a row of a rep or a team enters."""

    def __init__(self) -> None:
        self.parents = dict(Team.objects.values_list("pk", "parent"))
        self._above = set(self.parents.values())
        self._known: dict[int | None, tuple[ScopeKey, ...]] = {}

    @cached_property
    def leaves(self) -> list[int]:
        """Teams with none below them."""
        return [team for team in self.parents if team not in self._above]

    def is_above(self, team: int) -> bool:
        """Whether other teams are below it."""
        return team in self._above

    def cells_of_team(self, team: int | None) -> tuple[ScopeKey, ...]:
        """The team's and those of the teams above it, each once."""
        if team not in self._known:
            chain: list[int] = []
            at = team
            while at is not None and at not in chain:
                chain.append(at)
                at = self.parents.get(at)
            own = (("own", team),) if team is not None and team in self._above else ()
            self._known[team] = (*(("team", ancestor) for ancestor in chain), *own) or (("team", 0),)
        return self._known[team]

    def cells_of(self, rep: int | None, team: int | None) -> tuple[ScopeKey, ...]:
        """All but the company's."""
        return ("rep", rep or 0), *self.cells_of_team(team)
