"""Closed and frozen periods: the list, closing one, freezing it now, reopening it, and what moved since."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.actions.exports import note_export
from accounts.business_dates import business_date
from accounts.exports import SafeWriter
from accounts.jobs import queue_job
from accounts.models import Company
from accounts.roles import Role
from accounts.views.form_pages import FormPage, PressPage
from metrics.actions.books import close_period, reopen_book
from metrics.books.book import period_of
from metrics.books.differences import MOST_SHOWN, BookComparison, last_changes, moved_rows, part_signed, signed
from metrics.figure import Value
from metrics.forms.books import CloseForm, ReopenForm
from metrics.jobs.schedule import freeze_key
from metrics.known import known_metrics
from metrics.models import Book
from metrics.pages.chips import Chips
from metrics.period_names import period_title
from metrics.question import Question
from metrics.records.lists import URLS
from metrics.records.rows import columns_of, visible_records
from metrics.views.pages import FigurePage


def crumbs() -> list[dict[str, Any]]:
    """The way to a page of a book."""
    return [{"label": _("Books"), "url": reverse("metrics:book_list")}]


def title_of(book: Book, company: Company) -> str:
    """The period in words."""
    return period_title(period_of(book, company))


class BookListView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        books = list(Book.objects.select_related("closed_by", "frozen_by", "reopened_by").order_by("-starts_on", "-pk"))
        company = Company.current()
        for book in books:
            book.title = title_of(book, company)  # type: ignore[attr-defined]
        context = {"books": books, "may_write": request.user.role == Role.ADMIN}
        return render(request, "metrics/book_list.html", context)


class BookCloseView(FormPage):
    def form(self, data: Any = None) -> Form:
        company = Company.current()
        today = business_date(timezone.now(), company.zone)
        return CloseForm(data, today=today, fiscal_start=company.fiscal_year_start_month)

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Close a period"),
            "verb": _("Close period"),
            "crumbs": crumbs(),
            "cancel_url": reverse("metrics:book_list"),
        }

    def act(self, form: Form) -> Book:
        return close_period(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Book) -> HttpResponse:
        messages.success(self.request, _("%(period)s is closed.") % {"period": result.name})
        return redirect("metrics:book_list")


class BookReopenView(FormPage):
    def records(self) -> QuerySet[Book]:
        return Book.objects.filter(reopened_at=None)

    def form(self, data: Any = None) -> Form:
        return ReopenForm(data)

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Reopen %(period)s") % {"period": self.record.name},
            "verb": _("Reopen"),
            "crumbs": crumbs(),
            "cancel_url": reverse("metrics:book_list"),
        }

    def act(self, form: Form) -> Book:
        return reopen_book(book=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Book) -> HttpResponse:
        messages.success(self.request, _("%(period)s is open again.") % {"period": result.name})
        return redirect("metrics:book_list")


class BookFreezeView(PressPage):
    """Freeze a closed period now, without waiting for the end of its days of grace."""

    def records(self) -> QuerySet[Book]:
        return Book.objects.filter(reopened_at=None, ready_at=None)

    def act(self, record: Book) -> int:
        kind, key = freeze_key(record)
        return queue_job(kind=kind, key=key, by=self.request.user, now=timezone.now()).pk  # type: ignore[arg-type]

    def done(self, record: Book, result: int) -> HttpResponse:
        messages.success(self.request, _("%(period)s is being frozen.") % {"period": record.name})
        return redirect("metrics:job_detail", pk=result)

    def back(self, record: Book) -> HttpResponse:
        return redirect("metrics:book_list")


class BookPage(FigurePage):
    """A page about a frozen book, of the company or another scope."""

    def answer(self, request: HttpRequest, *, pk: int, **kwargs: Any) -> HttpResponse:
        book = get_object_or_404(Book.objects.filter(ready_at__isnull=False), pk=pk)
        asking = self.question(request)
        q = Question(asking.period, asking.scope, asking.company, asking.today, asking.today)
        frame = {
            "book": book,
            "title": title_of(book, Company.current()),
            "crumbs": crumbs(),
            "asking": asking,
            "filters": Chips(asking, request).bar([Chips(asking, request).scope()]),
            "csv_url": f"?{request.GET.urlencode()}&format=csv" if request.GET else "?format=csv",
            "query": f"?scope={asking.scope.key}" if "scope" in request.GET else "",
        }
        return self.about(request, BookComparison(book, q), frame, **kwargs)

    def about(
        self, request: HttpRequest, compared: BookComparison, frame: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        raise NotImplementedError

    def is_file(self, request: HttpRequest, compared: BookComparison, kind: str) -> bool:
        """Whether a file is asked for; noted in the audit log if so."""
        if request.GET.get("format") != "csv":
            return False
        note_export(
            kind=kind, query=f"{compared.book.name}?{request.GET.urlencode()}", by=request.user, now=timezone.now()
        )
        return True


class BookDetailView(BookPage):
    """Every metric as reported and now."""

    def about(
        self, request: HttpRequest, compared: BookComparison, frame: dict[str, Any], **_kwargs: Any
    ) -> HttpResponse:
        found = compared.differences()
        if self.is_file(request, compared, "book differences"):
            rows = (
                [row.metric.slug, row.metric.name, row.metric.unit, *_numbers(row.then), *_numbers(row.now), row.change]
                for row in found
            )
            header = ["metric", "name", "unit"]
            header += [
                f"{part}_{when}" for when in ("reported", "now") for part in ("value", "numerator", "denominator")
            ]
            return SafeWriter([*header, "difference"]).response(rows, f"{compared.book.name}-differences.csv")
        context = {
            **frame,
            "moved": [row for row in found if row.has_moved],
            "same": [row for row in found if not row.has_moved],
        }
        return render(request, "metrics/book_detail.html", context)


class BookMetricView(BookPage):
    """The records that moved one metric of a frozen period."""

    def about(
        self, request: HttpRequest, compared: BookComparison, frame: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        metric = known_metrics(compared.book.frozen_at).get(kwargs["slug"])
        if metric is None:
            raise Http404
        difference = compared.difference(metric)
        rows = compared.moved(metric)
        if self.is_file(request, compared, "book records"):
            return _file(rows or [], f"{compared.book.name}-{metric.slug}.csv")
        currency = compared.now.company.base_currency
        found = moved_rows(difference, rows or [])
        shown = found.rows[:MOST_SHOWN]
        changes = last_changes(compared.book, shown)
        visible = visible_records([(row.kind, row.id) for row in shown], request.user)
        top, bottom = columns_of(metric)
        context = {
            **frame,
            "metric": metric,
            "difference": difference,
            "was_kept": rows is not None,
            "top": top or str(metric.name),
            "bottom": bottom,
            "adds_up": found.adds_up,
            "count": len(found.rows),
            "is_cut": len(found.rows) > len(shown),
            "total": [part_signed(metric, found.numerator, currency, top=True) or "0",
                      part_signed(metric, found.denominator, currency, top=False) or "0"],
            "remainder": part_signed(metric, found.remainder, currency, top=True),
            "change": signed(metric, difference.change, currency),
            "rows": [
                {
                    "row": row,
                    "url": URLS[row.kind].format(row.id) if (row.kind, row.id) in visible else "",
                    "top": part_signed(metric, row.numerator, currency, top=True),
                    "bottom": part_signed(metric, row.denominator, currency, top=False),
                    **changes.get((row.kind, row.id), {}),
                }
                for row in shown
            ],
        }  # fmt: skip
        return render(request, "metrics/book_metric.html", context)


def _numbers(value: Value) -> list[Any]:
    return [value.value, value.numerator, value.denominator]


def _file(rows: list[Any], name: str) -> HttpResponse:
    header = [
        "kind", "id", "external_id", "name", "numerator_reported", "numerator_now", "numerator_difference",
        "denominator_reported", "denominator_now", "denominator_difference",
    ]  # fmt: skip
    cells = (
        [
            row.kind, row.id, row.external_id, row.name, row.numerator_then, row.numerator_now, row.numerator,
            row.denominator_then, row.denominator_now, row.denominator,
        ]
        for row in rows
    )  # fmt: skip
    return SafeWriter(header).response(cells, name)
