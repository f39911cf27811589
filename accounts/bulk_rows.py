"""Write many rows at once past the ORM, whose way for each value takes several times as long as the database.

For rows that an action has already made and checked: nothing is validated, no signal is sent, and an
update does not set ``auto_now`` anew.
PostgreSQL copies them (COPY), SQLite takes them by one prepared statement.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction

Convert = Callable[[Any], Any]
AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DateField)
"""Fields whose Python values the drivers take themselves (a DateTimeField is a DateField and comes before them)."""


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of ``names``, the attributes of fields (``owner_id``). IntegrityError as ever.

    All or none. A foreign key is its id, a day or instant a ``date`` or ``datetime``, JSON what it stands for.
    """
    fields = _fields(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = _converted(fields, rows)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values))  # noqa: S608


def insert_objects(objects: Sequence[models.Model]) -> None:
    """Insert new objects of one model and give each its key."""
    if not objects:
        return
    model = type(objects[0])
    fields = model._meta.concrete_fields
    with transaction.atomic(savepoint=False):
        for row, key in zip(objects, _new_keys(model, len(objects)), strict=True):
            row.pk = key
            row._state.adding = False
        for field in fields:
            _complete(field, objects)
        names = [field.attname for field in fields]
        insert_rows(model, names, ([getattr(row, name) for name in names] for row in objects))


def update_objects(objects: Iterable[models.Model], names: Sequence[str]) -> None:
    """Store these attributes of objects of one model, each by its key."""
    objects = list(objects)
    if not objects:
        return
    model = type(objects[0])
    fields = _fields(model, names)
    settings = ", ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in fields)
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, _key(model).column))
    rows = ([*(getattr(row, field.attname) for field in fields), row.pk] for row in objects)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {settings} WHERE {key} = %s",  # noqa: S608
            list(_converted([*fields, _key(model)], rows)),
        )


def _complete(field: Any, objects: Sequence[models.Model]) -> None:
    """What the ORM fills in when it saves: the time of writing, the key of a record that was itself saved since."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        for row in objects:
            field.pre_save(row, True)
    elif field.is_relation:
        for row in objects:
            if getattr(row, field.attname) is None and field.is_cached(row):
                setattr(row, field.attname, getattr(row, field.name) and getattr(row, field.name).pk)


def _key(model: type[models.Model]) -> Any:
    return model._meta.pk


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    by_name |= {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _new_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else gets; on SQLite because the transaction writes next, and only one can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            place = [connection.ops.quote_name(model._meta.db_table), _key(model).column, count]
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", place)
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        found = cursor.fetchone()
        start = (found[0] if found else 0) + 1
        return list(range(start, start + count))


def _converted(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    converts = [(at, convert) for at, field in enumerate(fields) if (convert := _convert(field))]
    for row in rows:
        values = list(row)
        for at, convert in converts:
            if values[at] is not None:
                values[at] = convert(values[at])
        yield values


def _convert(field: Any) -> Convert | None:
    """How a value becomes what the driver takes; None: it does already."""
    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.DateTimeField):
        return None if connection.vendor == "postgresql" else lambda instant: _instant(field, instant)
    if isinstance(field, AS_THEY_ARE):
        return None

    def prepared(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    return prepared


def _instant(field: Any, value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(field.to_python(value) if isinstance(value, str) else value)
