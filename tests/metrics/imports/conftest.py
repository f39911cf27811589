"""The importer's own fixtures, with teams, reps, accounts and products to refer to."""

from tests.pipeline.imports.conftest import company, load, people, read

__all__ = ["company", "load", "people", "read"]
