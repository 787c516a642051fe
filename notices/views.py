"""Pages: one's own inbox."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.guard import signed_in
from kernel.numbers import whole
from kernel.paging import page_of
from notices import actions
from notices.models import Notice


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first; ``?show=unread`` leaves out what was read."""
    rows = Notice.objects.of(signed_in(request)).order_by("-id")
    only_unread = request.GET.get("show") == "unread"
    page = page_of(request, rows.unread() if only_unread else rows)
    newest = page.rows[0].pk if page.rows else 0
    return render(request, "notices/index.html", {"page": page, "only_unread": only_unread, "newest": newest})


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    user = signed_in(request)
    notice = get_object_or_404(Notice.objects.of(user), pk=pk)
    actions.mark_read(notice=notice, by=user)
    url = notice.message.url
    return redirect(url if url and url_has_allowed_host_and_scheme(url, None) else "notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read up to the newest that was shown."""
    until = whole(request.POST.get("until"))
    if until is not None:
        actions.mark_all_read(by=signed_in(request), until=until)
    return redirect("notices")
