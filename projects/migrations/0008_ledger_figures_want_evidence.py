from django.db import migrations, models

# What an import wrote bears its file's name, its importer and its day.
MARK = """
UPDATE projects_money SET evidence_outstanding = TRUE WHERE evidence_id IS NULL AND EXISTS (
    SELECT 1 FROM projects_importbatch b WHERE b.filename = projects_money.source
    AND b.user_id = projects_money.recorded_by_id AND b."on" = projects_money."on" AND b.committed_at IS NOT NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_project_division")]

    operations = [
        migrations.AddField(
            model_name="money",
            name="evidence_outstanding",
            field=models.BooleanField(default=False, verbose_name="台账补录，佐证待补"),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="codes_given",
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
