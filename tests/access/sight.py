"""Who sees which records of the cast, as the matrix words it."""

from dataclasses import dataclass

EVERYBODY = frozenset({"rep", "colleague", "rival", "manager", "other_manager", "leader", "admin"})
OVERSEERS = frozenset({"leader", "admin"})
NORTH = frozenset({"rep", "colleague", "manager"}) | OVERSEERS
SOUTH = frozenset({"rival", "other_manager"}) | OVERSEERS

OF_OWNER = {
    "rep": frozenset({"rep", "manager"}) | OVERSEERS,
    "colleague": frozenset({"colleague", "manager"}) | OVERSEERS,
    "rival": SOUTH,
}
ADMINS = {"company": frozenset({"admin"})}


@dataclass(frozen=True)
class Kind:
    """Records of one kind by whose they are, and the people who see each; ``read_only``: see it, may not change it."""

    pks: dict[str, int]
    seen_by: dict[str, frozenset[str]]
    read_only: frozenset[tuple[str, str]] = frozenset()
