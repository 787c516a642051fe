from typing import Any

from django.db import migrations, models

_MAIN = (
    "clerk", "clerk2", "head", "park", "park2", "park3", "reviewer", "commissioner", "commissioner2", "leader",
    "inspector", "sysadmin", "secadmin", "auditadmin",
)  # fmt: skip


def recognise(apps: Any, schema_editor: Any) -> None:
    """Mark the accounts of demos made before: their names, without the entry that every real account has."""
    User, AuditEntry = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuditEntry")
    by_name = models.Q(username__in=_MAIN) | models.Q(username__startswith="r-")
    created = set(AuditEntry.objects.filter(kind="account.created").values_list("target", flat=True))
    found = [
        user.pk for user in User.objects.filter(by_name) if f"user:{user.pk} {user.username}" not in created
    ]
    User.objects.filter(pk__in=found).update(is_demo=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_audit_index")]
    operations = [
        migrations.AddField("user", "is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
        migrations.AddField(
            "historicaluser", "is_demo", models.BooleanField(default=False, verbose_name="演示账号")
        ),
        migrations.RunPython(recognise, migrations.RunPython.noop),
    ]
