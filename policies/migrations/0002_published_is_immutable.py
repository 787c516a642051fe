"""A published version cannot be changed or deleted, whoever speaks SQL; only its end may still be set."""

from django.db import migrations

TABLE = "policies_policyversion"
FIXED = ("policy_id", "version", "title", "status", "effective_from", "body", "sha256", "published_at")

_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_published_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'a published policy version is immutable' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql"""


def _changed(distinct):
    return " OR ".join(f"OLD.{name} {distinct} NEW.{name}" for name in FIXED)


def _sqlite():
    refuse = "BEGIN SELECT RAISE(ABORT, 'a published policy version is immutable'); END"
    changed = _changed("IS NOT")
    return [
        f"CREATE TRIGGER {TABLE}_fixed BEFORE UPDATE ON {TABLE} WHEN OLD.status = 'published' AND ({changed}) {refuse}",
        f"CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE} WHEN OLD.status = 'published' {refuse}",
    ]


def _postgres():
    run = "EXECUTE FUNCTION refuse_published_change()"
    changed = _changed("IS DISTINCT FROM")
    return [
        _POSTGRES_FUNCTION,
        f"CREATE TRIGGER {TABLE}_fixed BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (OLD.status = 'published' AND ({changed})) {run}",
        f"CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE} FOR EACH ROW WHEN (OLD.status = 'published') {run}",
    ]


def forwards(apps, schema_editor):
    statements = _sqlite() if schema_editor.connection.vendor == "sqlite" else _postgres()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {TABLE}"
    for name in ("fixed", "kept"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}{on}", params=None)
    if on:
        schema_editor.execute("DROP FUNCTION refuse_published_change()", params=None)


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
