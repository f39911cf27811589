"""What stored figures were computed by: the measures with their versions, and the tree of teams.

A run keeps the digest of both. Days stored under another one are computed again, and answered live until then.
"""

import hashlib
from collections.abc import Mapping

from metrics.team_tree import TeamTree

_HALF = 32


def definitions_digest() -> str:
    """Of the measures and of the tree of teams, in two halves: two runs with the same one computed the same things."""
    return _digest_of_measures() + digest_of_teams(TeamTree().parents)


def same_measures(digest: str) -> bool:
    """Whether figures stored under ``digest`` have today's measures."""
    return digest[:_HALF] == _digest_of_measures()


def same_teams(digest: str, teams: str) -> bool:
    """Whether they were computed with the tree of teams of ``digest_of_teams``."""
    return digest[_HALF:] == teams


def digest_of_teams(parents: Mapping[int, int | None]) -> str:
    """Of which team is below which: a team's figures are those of all teams below it."""
    return _hash("\n".join(f"{team} {parent or ''}" for team, parent in sorted(parents.items())))


def _digest_of_measures() -> str:
    from metrics.catalogue import METRICS  # the catalogue's measures read stored figures, which ask here

    kept = [measure for metric in METRICS.values() for measure in metric.measures() if not measure.live]
    measures = {measure.key: measure.version for measure in kept}
    return _hash("\n".join(f"{key} {version}" for key, version in sorted(measures.items())))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HALF]
