"""Stored plan versions as the engine reads them."""

import datetime
from collections.abc import Iterable

from metrics.incentives.documents import terms_of
from metrics.incentives.terms import Version
from metrics.models import PlanVersion


def as_version(row: PlanVersion) -> Version:
    """A stored version with its terms."""
    return Version(row.pk, row.plan_id, row.number, terms_of(row.content), row.published_from or datetime.date.max)


def published_versions(rows: Iterable[PlanVersion] | None = None) -> dict[int, Version]:
    """All published versions by id. One query."""
    found = PlanVersion.objects.published().order_by("pk") if rows is None else rows
    return {row.pk: as_version(row) for row in found}
