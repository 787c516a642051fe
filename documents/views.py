"""Handing out files: only to who sees the case."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from documents.downloads import hand_out
from documents.models import Attachment


@login_required
@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file, or 404 for who does not see its case."""
    user: Any = request.user
    row = get_object_or_404(Attachment.objects.visible_to(user), pk=pk)
    return hand_out(attachment=row, by=user, request=request)
