from django.db import migrations, models


class Migration(migrations.Migration):
    """The ledger's sums are read from the index that finds its rows."""

    dependencies = [("projects", "0009_project_codes_voided_with_reason")]

    operations = [
        migrations.RemoveIndex("project", "project_phase_park_class"),
        migrations.AddIndex(
            "project",
            models.Index(
                fields=[
                    *("phase", "landing_unit", "project_class", "-case", "division"),
                    *("total_fen", "contract_fen", "paid_in_fen"),
                ],
                name="project_phase_park_class",
            ),
        ),
    ]
