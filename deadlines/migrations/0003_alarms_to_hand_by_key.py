from django.db import migrations, models


class Migration(migrations.Migration):
    """What was raised and not yet handed over is found in the order of its keys."""

    dependencies = [("deadlines", "0002_pause_requests")]

    operations = [
        migrations.RemoveIndex("alarm", "alarm_to_hand"),
        migrations.AddIndex(
            "alarm",
            models.Index(
                condition=models.Q(("handed_at__isnull", True), ("raised_at__isnull", False))
                & ~models.Q(("opens", "")),
                fields=["id"],
                name="alarm_to_hand",
            ),
        ),
    ]
