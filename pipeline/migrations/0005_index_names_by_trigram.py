from django.db import migrations

# On PostgreSQL a name is found by any part of it with an index of its trigrams. "UPPER" is what icontains compares.
COLUMNS = (
    ("accounts_account", "name"),
    ("accounts_account", "domain"),
    ("accounts_contact", "name"),
    ("accounts_contact", "email"),
    ("pipeline_lead", "name"),
    ("pipeline_lead", "company"),
    ("pipeline_lead", "email"),
    ("pipeline_deal", "name"),
)


def name_of(table, column):
    return f"{table.partition('_')[2]}_{column}_trigram"


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, column in COLUMNS:
        schema_editor.execute(
            f"CREATE INDEX {name_of(table, column)} ON {table} USING gin (UPPER({column}::text) gin_trgm_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, column in COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name_of(table, column)}")


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0004_index_the_inbox")]

    operations = [migrations.RunPython(create, drop)]
