"""A company ten times as large, made inside PostgreSQL: every copy has people, customers and deals of its own.

Drawing a sample of a million deals takes hours, copying one of 100,000 ten times takes minutes. What people share (the
pipelines, products, channels, campaigns, rates) stays as it is. The events of the
copies name the people of the first, so the audits, that replay events, are not for such a database.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from accounts.models import Account, Contact, Rep, Team, TeamMembership, User
from metrics.models import SurveyResponse
from pipeline.models import (
    Activity,
    Credit,
    Deal,
    DealEvent,
    DealLine,
    DealVersion,
    Lead,
    StageVisit,
    Subscription,
    Touch,
    VersionCredit,
    VersionProduct,
)  # fmt: skip

COPIED: tuple[type[models.Model], ...] = (
    User, Team, Rep, TeamMembership, Account, Contact, Deal, DealLine, Credit, Lead, Activity, DealEvent, DealVersion,
    VersionCredit, VersionProduct, StageVisit, Subscription, Touch, SurveyResponse,
)  # fmt: skip
INDEXES = (
    "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = %s::regclass"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
)
"""Those that may be dropped and made again: all but the ones behind a constraint."""


def multiply(times: int) -> int:
    """Add ``times`` - 1 copies of the company that is there; how many rows were written. PostgreSQL alone."""
    offsets = {model: _highest(model) for model in COPIED}
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the copies point to each other
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for model in COPIED:
            table = model._meta.db_table
            cursor.execute(INDEXES, [table])
            indexes = cursor.fetchall()
            for name, _definition in indexes:
                cursor.execute(f"DROP INDEX {name}")
            cursor.execute(_copy(model, offsets), [times - 1])
            rows += cursor.rowcount
            for _name, definition in indexes:
                cursor.execute(definition)
            key = model._meta.pk.column
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"  # noqa: S608
            )
        cursor.execute("SET session_replication_role = DEFAULT")
    return rows


def _highest(model: type[models.Model]) -> int:
    return int(model._base_manager.aggregate(highest=models.Max("pk"))["highest"] or 0)


def _copy(model: type[models.Model], offsets: dict[Any, int]) -> str:
    """The statement that copies a table; its parameter: how many copies."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_values(model, fields, offsets))
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" t, generate_series(1, %s) AS copy'  # noqa: S608


def _values(model: type[models.Model], fields: Iterable[Any], offsets: dict[Any, int]) -> Iterable[str]:
    for field in fields:
        column = f't."{field.column}"'
        if field.primary_key:
            yield f"{column} + copy * {offsets[model]}"
        elif field.is_relation:
            yield f"{column} + copy * {offsets[field.related_model]}" if field.related_model in offsets else column
        elif field.name == "email" and field.unique:
            yield f"nullif(copy || '.' || {column}, copy || '.')"
        elif field.unique:
            yield f"nullif({column} || '-' || copy, '-' || copy)"
        else:
            yield column
