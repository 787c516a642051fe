from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["username", "-id"], name="audit_by_username"),
        ),
    ]
