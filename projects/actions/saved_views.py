"""A person's own ledger views: no case is touched, so no event is written."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from kernel.refusals import Refused
from projects.models import SavedView

MOST = 30


@transaction.atomic
def save_view(*, by: User, name: str, query: str, columns: list[str]) -> SavedView:
    """Keep a view under a name; the same name again overwrites it. Raises Refused (invalid) past thirty."""
    name = name.strip()
    if not name:
        raise Refused.invalid("name", _("请给视图取一个名称"))
    others = SavedView.objects.filter(user=by).exclude(name=name)
    if others.count() >= MOST:
        raise Refused.invalid("name", _("最多保存 %(n)s 个视图，请先删除不用的") % {"n": MOST})
    found = SavedView.objects.update_or_create(
        user=by, name=name, defaults={"query": query, "columns": columns}
    )
    return found[0]


def delete_view(*, view: SavedView, by: User) -> None:
    """Forget one's own view. Raises Refused (forbidden) for another person's."""
    if view.user_id != by.pk:
        raise Refused.forbidden(_("这不是您的视图"))
    view.delete()
