"""A statement as PDF, for whoever may see its page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actions.exports import note_export
from accounts.models import Company
from metrics.models import Statement
from metrics.pay.statement_pdf import PdfUnavailable, statement_pdf
from metrics.period_names import period_title
from metrics.views.pages import FigurePage
from metrics.views.statements import blocks_with_rows, period_of, stored_beside


class StatementPdfView(FigurePage):
    """The statements of a rep and a period as their page shows them, with the company, on paper."""

    def answer(self, request: HttpRequest, *, pk: int, **_kwargs: Any) -> HttpResponse:
        rows = Statement.objects.visible_to(request.user).select_related("rep__user", "version__plan", "approval")
        row = get_object_or_404(rows, pk=pk)
        company, now = Company.current(), timezone.now()
        context = {
            "company": company,
            "row": row,
            "period": period_title(period_of(row, company)),
            "now": now,
            "blocks": blocks_with_rows(row, stored_beside(row), request.user, company=company, now=now),
        }
        try:
            content = statement_pdf(context)
        except PdfUnavailable:
            words = _("PDFs need the library Pango on the server, which is not installed. Print this page instead.")
            messages.error(request, words)
            return redirect(row)
        note_export(kind="statement", query=f"pk={row.pk}&hash={row.hash}", by=request.user, now=now)
        name = slugify(f"statement {row.rep} {row.period}") or f"statement-{row.pk}"
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return HttpResponse(content, content_type="application/pdf", headers=headers)
