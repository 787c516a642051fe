"""Credit entries are appended, never changed or deleted: the database itself sees to it."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]
    operations = [append_only("scoring_credit")]
