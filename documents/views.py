"""Handing out files: only to who sees the case, never as something a browser would run."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts import audit
from documents.content import INLINE
from documents.models import Attachment


@login_required
@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file under the name it came with; ``?inline=1`` shows PDF and images in the browser.

    404 for who does not see its case. Every download is an entry of the audit trail.
    """
    row = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    audit.record(
        kind="document.downloaded",
        by=request.user,
        target=f"case:{row.case_id} attachment:{row.pk}",
        request=request,
    )
    shown = "inline" in request.GET and row.content_type in INLINE
    response = FileResponse(row.file.open("rb"), as_attachment=not shown, filename=row.name)
    response["Content-Type"] = row.content_type
    response["X-Content-Type-Options"] = "nosniff"
    if row.content_type != "application/pdf":  # browsers show no PDF inside a sandbox
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
