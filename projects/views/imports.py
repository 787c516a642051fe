"""Importing the office's Excel: upload, map, check, decide, commit, undo. A batch belongs to its unit."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.clock import today
from kernel.numbers import whole
from kernel.paging import page_of
from kernel.refusals import Refused
from projects.actions import imports
from projects.importing import preview
from projects.importing.claims import RUNNING
from projects.importing.results import SENT_BACK, workbook_of
from projects.ledgers.mapping import Mapping
from projects.models import ImportBatch, ImportMapping, ImportRow, Outcome, Phase
from projects.models.imports import Decision, ImportState
from projects.views.base import STATUS, user_of
from projects.views.mapping_table import LAND_UNITS, MONEY_UNITS, columns_of, field_groups, posted

STEPS = (
    ("map", {ImportState.UPLOADED, ImportState.FAILED}),
    ("check", {ImportState.CHECKING}),
    ("confirm", {ImportState.CHECKED}),
    ("commit", {ImportState.COMMITTING, ImportState.UNDOING}),
    ("done", {ImportState.DONE, ImportState.UNDONE}),
)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    """The batch, if it is the own unit's; else 404, as if it did not exist."""
    unit = imports.require_unit(user_of(request))
    rows = ImportBatch.objects.filter(unit=unit).select_related("user", "unit", "undone_by")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    return _index(request)


def _index(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    unit = imports.require_unit(user_of(request))
    rows = ImportBatch.objects.filter(unit=unit).select_related("user").order_by("-pk")
    page = page_of(request, rows)
    context = {
        "page": page,
        "lines": [(batch, preview.summary(batch) if batch.counts else "") for batch in page.rows],
        "unit": unit,
        "refused": refused,
    }
    status = STATUS[refused.status] if refused else 200
    return render(request, "projects/imports/index.html", context, status=status)


@login_required
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None:
            raise Refused.invalid("file", _("请选择一个 Excel 文件"))
        batch = imports.upload(by=user_of(request), file=File(file, name=file.name), on=today())
    except Refused as refused:
        if refused.status == "forbidden":
            raise
        return _index(request, refused)
    return redirect("import-detail", pk=batch.pk)


@login_required
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    context = _frame(batch)
    if batch.state in RUNNING:
        return render(request, "projects/imports/running.html", context)
    again = batch.state == ImportState.CHECKED and "map" in request.GET
    if again or batch.state in (ImportState.UPLOADED, ImportState.FAILED):
        return _mapping_page(request, batch, context)
    return render(request, "projects/imports/rows.html", context | _rows(request, batch))


def _frame(batch: ImportBatch) -> dict[str, Any]:
    at = next(place for place, (_code, states) in enumerate(STEPS) if batch.state in states)
    names = (_("对应列"), _("检查"), _("确认"), _("导入"), _("完成"))
    open_ = batch.state in imports.OPEN
    return {
        "batch": batch,
        "crumbs": [(_("导入"), reverse("import-list"))],
        "steps": [(name, _at(place, at)) for place, name in enumerate(names)],
        "earlier": imports.earlier_upload(batch) if open_ else None,
        "percent": _percent(batch),
    }


def _at(place: int, here: int) -> str:
    return "here" if place == here else "done" if place < here else ""


def _percent(batch: ImportBatch) -> int:
    return 100 * min(batch.rows_done, batch.rows_total) // batch.rows_total if batch.rows_total else 0


def _mapping_page(
    request: HttpRequest, batch: ImportBatch, context: dict[str, Any], refused: Refused | None = None
) -> HttpResponse:
    """The mapping as it stands, or as it was just posted and refused."""
    mapping = Mapping.from_json(batch.mapping)
    given = posted(mapping, request.POST) if refused else mapping
    context |= {
        "columns": columns_of(batch, given),
        "groups": field_groups(),
        "units": {"amount": MONEY_UNITS, "area": LAND_UNITS},
        "saved": ImportMapping.objects.filter(user=user_of(request)).order_by("name"),
        "phases": Phase.choices,
        "phase": given.phase or "",
        "sheets": batch.header.get("sheets", []),
        "refused": refused,
    }
    status = STATUS[refused.status] if refused else 200
    return render(request, "projects/imports/mapping.html", context, status=status)


def _rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    wanted = request.GET.get("outcome", "")
    page = page_of(request, preview.rows_of(batch, wanted))
    checked = batch.state == ImportState.CHECKED
    counts = preview.expected(batch) if checked else batch.counts
    unclear = ImportRow.objects.filter(preview.unclear(), batch=batch).count() if checked else 0
    return {
        "page": page,
        "rows": [preview.shown(row) for row in page.rows],
        "filters": _filters(batch, wanted, unclear),
        "wanted": wanted,
        "summary": preview.summary(batch, counts),
        "something": counts.get(Outcome.NEW, 0) + counts.get(Outcome.CHANGED, 0) > 0,
        "sent_back": sum(counts.get(outcome, 0) for outcome in SENT_BACK),
        "unclear": unclear,
        "decisions": Decision.choices,
        "phases": Phase.choices,
    }


def _filters(batch: ImportBatch, wanted: str, unclear: int) -> list[dict[str, Any]]:
    found = [{"code": "", "label": _("全部"), "count": batch.rows_total, "tone": ""}]
    found += [
        {"code": str(outcome), "label": str(outcome.label), "count": batch.counts[outcome], "tone": tone}
        for outcome, tone in preview.TONES.items()
        if batch.counts.get(outcome)
    ]
    if unclear:
        found.append({"code": preview.UNCLEAR, "label": _("阶段不明"), "count": unclear, "tone": "warn"})
    for row in found:
        row |= {"url": f"?{urlencode({'outcome': row['code']})}", "here": row["code"] == wanted}
    return found


@login_required
@require_POST
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the mapping as corrected, and have the rows checked by it."""
    batch, user = _batch(request, pk), user_of(request)
    try:
        given = posted(Mapping.from_json(batch.mapping), request.POST)
        imports.remap(batch=batch, by=user, mapping=given, save_as=request.POST.get("save_as", ""))
        imports.check(batch=batch, by=user)
    except Refused as refused:
        if refused.status != "invalid":
            raise
        return _mapping_page(request, batch, _frame(batch), refused)
    return redirect("import-detail", pk=pk)


@login_required
@require_POST
def load_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a saved mapping over this file's headings; the page shows the outcome to be corrected."""
    batch, user = _batch(request, pk), user_of(request)
    saved = get_object_or_404(ImportMapping, pk=request.POST.get("saved") or 0, user=user)
    try:
        imports.load_mapping(batch=batch, by=user, saved=saved)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("import-detail", pk=pk)


@login_required
@require_POST
def choose_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        imports.choose_sheet(batch=batch, by=user_of(request), sheet=request.POST.get("sheet", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("import-detail", pk=pk)


@login_required
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar, asked for every second while a worker is busy; at the end the page comes anew."""
    batch = _batch(request, pk)
    response = render(request, "projects/imports/_progress.html", _frame(batch))
    if batch.state not in RUNNING:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision, or a phase, for all ticked rows."""
    batch = _batch(request, pk)
    rows = [row for row in map(whole, request.POST.getlist("rows")) if row is not None]
    what, _colon, value = request.POST.get("do", "").partition(":")
    try:
        if not rows:
            raise Refused.invalid("rows", _("请先勾选要处理的行"))
        chosen = {"phase": request.POST.get("phase", "")} if what == "phase" else {"decision": value}
        count = imports.decide(batch=batch, by=user_of(request), rows=rows, **chosen)
        messages.success(request, _("已处理 %(n)s 行") % {"n": count})
    except Refused as refused:
        messages.error(request, str(refused))
    query = {name: request.GET[name] for name in ("outcome", "page") if request.GET.get(name)}
    return redirect(f"{reverse('import-detail', args=[pk])}?{urlencode(query)}")


@login_required
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    imports.commit(batch=_batch(request, pk), by=user_of(request), on=today())
    return redirect("import-detail", pk=pk)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    imports.undo(batch=_batch(request, pk), by=user_of(request), on=today())
    return redirect("import-detail", pk=pk)


@login_required
@require_GET
def sent_back(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected and suspect rows as Excel; the temporary file goes when the answer is sent."""
    return workbook_of(_batch(request, pk))
