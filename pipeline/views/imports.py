"""Imports, for admins: upload, preview with row errors, mapping, result, the file of bad rows."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.errors import ActionRefused
from accounts.jobs import queue_job
from accounts.models import JobRun
from pipeline.forms.imports import MappingForm, UploadForm
from pipeline.imports.meanings import meanings_of
from pipeline.imports.registry import find_kind
from pipeline.imports.report import ImportRefused
from pipeline.imports.undoing import undo_import
from pipeline.imports.uploads import bad_rows_csv, examples_of, is_small, run_upload, take_in
from pipeline.models import ImportRun

LISTED = 50
REFUSED = 422
SHOWN_LEFT = 5
NEWS_SECONDS = 2
"""A page whose file is being read asks again after so long."""


class ImportListView(View):
    """What was imported, and a form for the next file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, REFUSED)
        file = form.cleaned_data["file"]
        try:
            run = take_in(
                kind=form.cleaned_data["kind"], name=file.name, content=file.read(), by=request.user, now=timezone.now()
            )
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
            return self._page(request, form, REFUSED)
        _perform(request, run, dry_run=True)
        return redirect("pipeline:import_detail", run.pk)

    def _page(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        runs = ImportRun.objects.defer("content").select_related("by").order_by("-pk")[:LISTED]
        return render(request, "pipeline/import_list.html", {"form": form, "runs": runs}, status=status)


class ImportDetailView(View):
    """A file that was uploaded: what importing it would do, or did."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun.objects.select_related("by", "job"), pk=pk)
        return self._page(request, run, self._form(run))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the mapping over and try the file again, or import it."""
        run = get_object_or_404(ImportRun, pk=pk)
        if run.state not in (ImportRun.State.UPLOADED, ImportRun.State.REFUSED):
            messages.error(request, _("This file is imported already. Upload it again to import it once more."))
            return redirect("pipeline:import_detail", run.pk)
        form = self._form(run, request.POST)
        if form is None or not form.is_valid():
            return self._page(request, run, form, REFUSED)
        run.mapping, run.on_error = form.mapping(), form.cleaned_data["on_error"]
        run.save(update_fields=["mapping", "on_error"])
        _perform(request, run, dry_run="import" not in request.POST)
        return redirect("pipeline:import_detail", run.pk)

    def _form(self, run: ImportRun, data: Any = None) -> MappingForm | None:
        if run.content is None:
            return None
        examples = examples_of(run.file_name, bytes(run.content))
        kind = find_kind(run.kind)
        return MappingForm(
            data,
            examples=examples,
            kind=kind,
            mapping=run.mapping,
            meanings=meanings_of(run, kind),
            initial={"on_error": run.on_error},
        )

    def _page(self, request: HttpRequest, run: ImportRun, form: MappingForm | None, status: int = 200) -> HttpResponse:
        waits = run.job is not None and run.job.state in (JobRun.State.QUEUED, JobRun.State.RUNNING)
        context = {
            "run": run,
            "form": form,
            "waits": waits,
            "is_open": run.state in (ImportRun.State.UPLOADED, ImportRun.State.REFUSED) and not waits,
            "errors": run.errors,
        }
        answer = render(request, "pipeline/import_detail.html", context, status=status)
        if waits:
            answer["Refresh"] = str(NEWS_SECONDS)
        return answer


class ImportErrorsView(View):
    """The bad rows in the file's own columns, each with what is wrong, to mend and upload again."""

    http_method_names: ClassVar = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        text = bad_rows_csv(run, now=timezone.now())
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="bad-rows-{run.pk}.csv"'
        return response


class ImportUndoView(View):
    """Put back what an import changed; what was edited since stays and is named."""

    http_method_names: ClassVar = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        try:
            undone = undo_import(run=run, by=request.user, now=timezone.now())
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("pipeline:import_detail", run.pk)
        counts = {"removed": undone.removed, "restored": undone.restored, "left": len(undone.left)}
        messages.success(request, _("%(removed)s removed, %(restored)s put back, %(left)s left.") % counts)
        for left in undone.left[:SHOWN_LEFT]:
            messages.warning(request, str(left))
        return redirect("pipeline:import_detail", run.pk)


def _perform(request: HttpRequest, run: ImportRun, *, dry_run: bool) -> None:
    """A small file at once; a large one by a job, whose progress the page shows."""
    now = timezone.now()
    if is_small(run):
        run_upload(run, dry_run=dry_run, now=now, by=request.user)
        return
    key = f"{run.pk} {'try' if dry_run else 'import'} {now.isoformat()}"
    run.job = queue_job(kind="import", key=key, arguments={"run": run.pk, "dry_run": dry_run}, by=request.user, now=now)
    run.save(update_fields=["job"])
