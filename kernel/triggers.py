"""Append-only tables, enforced by the database itself and not only by good manners."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_POSTGRES = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql"""


def append_only(table: str) -> RunPython:
    """A reversible migration operation: rows of ``table`` can be added, never changed or deleted."""

    def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(_SQLITE.format(table=table, verb=verb))
            return
        schema_editor.execute(_POSTGRES, params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )

    def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
            return
        schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")

    return RunPython(forwards, backwards)


_VERBS = ("INSERT", "UPDATE", "DELETE")


def refused_while(table: str, when: str, *, name: str, verbs: Sequence[str] = _VERBS) -> RunPython:
    """A reversible migration operation: no row of ``table`` is added, changed or deleted while ``when``
    holds.

    ``when`` is SQL about ``{row}``: the row as it is, for INSERT the new one. Both databases understand it.
    """

    def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for verb in verbs:
            says = when.format(row="NEW" if verb == "INSERT" else "OLD")
            for sql in _guard(schema_editor.connection.vendor, table, f"{name}_{verb.lower()}", verb, says):
                schema_editor.execute(sql, params=None)

    def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for verb in verbs:
            trigger = f"{name}_{verb.lower()}"
            if schema_editor.connection.vendor == "sqlite":
                schema_editor.execute(f"DROP TRIGGER {trigger}")
                continue
            schema_editor.execute(f"DROP TRIGGER {trigger} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {trigger}()")

    return RunPython(forwards, backwards)


def _guard(vendor: str, table: str, trigger: str, verb: str, says: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} WHEN {says} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
        ]
    kept = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger AS $$ BEGIN IF {says} THEN "
        f"RAISE EXCEPTION '{table} is sealed' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {kept}; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()",
    ]
