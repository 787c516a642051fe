"""Handing out files: never as something a browser would run, and never unnoticed."""

from typing import Any

from django.http import FileResponse

from accounts import audit
from accounts.models import User
from documents.content import INLINE
from documents.models import Attachment


def hand_out(*, attachment: Attachment, by: User, request: Any) -> FileResponse:
    """The file under the name it came with; ``?inline=1`` shows PDF and images in the browser.

    The caller has asked whether ``by`` sees the case. Every download is an entry of the audit trail.
    """
    row = attachment
    audit.record(
        kind="document.downloaded",
        by=by,
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
