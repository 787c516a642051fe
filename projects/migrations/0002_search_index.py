"""The GIN index that serves the ledger's search; PostgreSQL only."""

from typing import Any

from django.db import migrations

NAME = "project_search_words"
# As the filter in projects/search.py writes it; spelt out, because a migration does not follow later code.
WORDS = "array_to_tsvector(array_remove(string_to_array(search, ' '), ''))"


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON projects_project USING gin ({WORDS})")


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
