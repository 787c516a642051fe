"""The GIN indexes by which leads of a target class or with a tag are found; PostgreSQL only."""

from typing import Any

from django.db import migrations

COLUMNS = ("target_classes", "lead_tags")


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for column in COLUMNS:
        # As the filter in projects/coded.py writes it; spelt out, because a migration does not follow later code.
        words = f"string_to_array({column}, ',')"
        schema_editor.execute(
            f"CREATE INDEX project_{column} ON projects_project USING gin (({words})) WHERE {column} <> ''"
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for column in COLUMNS:
            schema_editor.execute(f"DROP INDEX project_{column}")


class Migration(migrations.Migration):
    dependencies = [("projects", "0016_library_of_leads")]
    operations = [migrations.RunPython(make, drop)]
