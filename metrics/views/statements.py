"""Statements: the list with its files for payroll, one of them with its lines, and its way to being paid."""

import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.actions.exports import note_export
from accounts.business_dates import business_date
from accounts.errors import ActionRefused, StaleVersion
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company, JobRun
from accounts.money import from_minor
from accounts.roles import Role
from accounts.views.form_pages import FormPage, PressPage
from accounts.views.listing import Column, Filter, FilterRefused, ListPage
from metrics.actions.calculated_statements import queue_calculation, review_statements
from metrics.actions.statements import approve_statements, check_may_approve, pay_statement
from metrics.errors import QuestionRefused
from metrics.forms.statements import CalculateForm
from metrics.incentives.statements import parse_stated, statements_of
from metrics.models import Dispute, Statement, StatementLine
from metrics.pay.payroll import STATEMENT_HEAD, statement_cells, workbook
from metrics.pay.statement_rows import blocks_of
from metrics.period_names import period_title
from metrics.periods import Period
from metrics.views.pages import FigurePage

HOME, HOME_LABEL = "metrics:statement_list", gettext_lazy("Statements")
MOST_IN_WORKBOOK = 20_000


def crumbs() -> list[dict[str, Any]]:
    return [{"label": HOME_LABEL, "url": reverse(HOME)}]


def period_of(row: Statement, company: Company | None = None) -> Period:
    """The statement's month or quarter."""
    company = company or Company.current()
    return parse_stated(row.period, company, business_date(timezone.now(), company.zone))


class StatementListView(ListPage):
    template_name = "metrics/statement_list.html"
    kind = "statements"
    sorts: ClassVar = {
        "new": (gettext_lazy("latest period"), Sort("ends_on", down=True)),
        "old": (gettext_lazy("earliest period"), Sort("ends_on")),
        "most": (gettext_lazy("largest total"), Sort("total_minor", down=True)),
    }
    columns: ClassVar = [
        Column(name, lambda row, place=place: statement_cells(row)[place]) for place, name in enumerate(STATEMENT_HEAD)
    ]

    def filters(self) -> list[Filter]:
        return [
            Filter("period", _("Period"), is_text=True),
            Filter("state", _("State"), [("", _("any")), *Statement.Status.choices]),
            Filter("changed", _("Changed"), [("", _("any")), ("yes", _("by more than usual"))]),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Statement]:
        rows = Statement.objects.visible_to(self.request.user).select_related("rep", "version__plan")
        if chosen["period"]:
            rows = rows.filter(period__iexact=chosen["period"])
        if chosen["changed"]:
            rows = rows.exclude(was_minor=None)
        return rows.filter(status=chosen["state"]) if chosen["state"] else rows

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        sums = self.rows(chosen).order_by().values("currency").annotate(minor=Sum("total_minor")).order_by("currency")
        return {
            "sums": [(from_minor(one["minor"], one["currency"]), one["currency"]) for one in sums],
            "may_write": self.request.user.role == Role.ADMIN,
            "disputes_text": self._disputes(),
            "may_see_months": self.request.user.role in (Role.LEADER, Role.ADMIN),
            "changed": self._changed() if self.request.user.role == Role.ADMIN and not chosen["changed"] else None,
            "workbook_url": self.address(format="").replace(self.request.path, reverse("metrics:statement_workbook")),
        }

    def _disputes(self) -> str:
        """The way to the disputes, with how many are open."""
        count = Dispute.objects.visible_to(self.request.user).filter(outcome=Dispute.Outcome.OPEN).count()
        return (
            ngettext("%s open dispute", "%s open disputes", count) % formats.number(count) if count else _("Disputes")
        )

    def _changed(self) -> dict[str, Any] | None:
        """A banner where statements are marked as changed by more than what is usual."""
        count = Statement.objects.visible_to(self.request.user).exclude(was_minor=None).count()
        text = ngettext(
            "%(n)s statement changed by more than %(percent)s %% since it was calculated before.",
            "%(n)s statements changed by more than %(percent)s %% since they were calculated before.", count,
        )  # fmt: skip
        url = f"{reverse(HOME)}?changed=yes"
        words = {"n": formats.number(count), "percent": Company.current().pay_alert_percent}
        return {"text": text % words, "action": {"label": _("Show them"), "url": url}} if count else None

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s statement", "%s statements", total) % (formats.number(total) + ("" if is_all else "+"))


class StatementWorkbookView(StatementListView):
    """The list as a workbook, with the lines of what is approved."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            rows = self.rows(self.choose())
        except FilterRefused as refusal:
            return self.refused(refusal)
        found = list(rows.order_by("ends_on", "rep__name", "pk")[:MOST_IN_WORKBOOK])
        lines = StatementLine.objects.filter(statement__in=rows.order_by()).order_by("statement_id", "position")
        kept = {row.pk for row in found}
        content = workbook(found, [line for line in lines if line.statement_id in kept])
        note_export(kind=self.kind, query=request.GET.urlencode(), by=request.user, now=timezone.now())
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {"Content-Disposition": 'attachment; filename="statements.xlsx"'}
        return HttpResponse(content, content_type=kind, headers=headers)


class StatementDetailView(FigurePage):
    """The statements of a rep and a period; one for each plan version that held."""

    def answer(self, request: HttpRequest, *, pk: int, **_kwargs: Any) -> HttpResponse:
        rows = Statement.objects.visible_to(request.user).select_related("rep__user", "version__plan", "approval")
        row = get_object_or_404(rows.defer("approval__facts", "version__content"), pk=pk)
        company, now, stored = Company.current(), timezone.now(), stored_beside(row)
        period = period_of(row, company)
        blocks = blocks_with_rows(row, stored, request.user, company=company, now=now)
        views = [one["block"].view for one in blocks]
        context = {
            "row": row,
            "title": f"{row.rep}, {period_title(period)}",
            "crumbs": crumbs(),
            "blocks": blocks,
            "hashes": [view.hash for view in views],
            "may_write": may_write(row, request.user),
            "is_payee": row.rep.user_id == request.user.pk and any(view.lines for view in views),
            "disputes": Dispute.objects.visible_to(request.user).filter(statement__in=stored).order_by("-pk"),
            "state": "paid" if all(view.status == "paid" for view in views) and views else next(
                (view.status for view in views if view.status != "paid"), row.status
            ),
            "changed": [
                one for one in blocks if one["row"] and not one["row"].is_frozen and one["row"].hash != one["hash"]
            ],
        }  # fmt: skip
        return render(request, "metrics/statement_detail.html", context)


def stored_beside(row: Statement) -> QuerySet[Statement]:
    """The rows of the same rep and period, one for each plan version; this one among them."""
    return Statement.objects.filter(rep=row.rep, starts_on=row.starts_on, ends_on=row.ends_on)


def blocks_with_rows(
    row: Statement, stored: QuerySet[Statement], user: Any, *, company: Company, now: datetime.datetime
) -> list[dict[str, Any]]:
    """What to show of each of them: {block, row?, hash}. Raises QuestionRefused where facts contradict each other."""
    views = statements_of(row.rep, period_of(row, company), company=company, now=now)
    rows = stored.select_related("paid_by", "approval__approved_by").defer("approval__facts")
    by_version = {one.version_id: one for one in rows}
    return [
        {"block": block, "row": by_version.get(block.view.version.id), "hash": block.view.hash}
        for block in blocks_of(views, user)
    ]


def may_write(row: Statement, user: Any) -> bool:
    """Whether a reader may move the statement on: an admin who is not its payee."""
    if user.role != Role.ADMIN:
        return False
    try:
        check_may_approve(row.rep, user)
    except ActionRefused:
        return False
    return True


class StatementCalculateView(FormPage):
    """Have all statements of a period calculated, in the background."""

    def form(self, data: Any = None) -> Form:
        company = Company.current()
        return CalculateForm(data, company=company, today=business_date(timezone.now(), company.zone))

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Calculate statements"),
            "verb": _("Calculate"),
            "crumbs": crumbs(),
            "cancel_url": reverse(HOME),
        }

    def act(self, form: Form) -> JobRun:
        return queue_calculation(period=form.cleaned_data["period"], by=self.request.user, now=timezone.now())

    def done(self, result: JobRun) -> HttpResponse:
        text = _("The statements of %s are being calculated.") % result.arguments["period"]
        messages.success(self.request, text)
        return redirect("metrics:job_detail", pk=result.pk)


class StatementPress(PressPage):
    """A press on the page of a statement, on what was seen there."""

    word: ClassVar[Any]

    def records(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user).select_related("rep__user")

    def seen(self) -> list[str]:
        return self.request.POST.getlist("seen")

    def act(self, record: Statement) -> Any:
        try:
            return self.move(record)
        except StaleVersion as stale:
            text = _("What this statement comes to has changed since the page was opened. Look at it again.")
            raise ActionRefused(text, "seen") from stale
        except QuestionRefused as refusal:
            raise ActionRefused(str(refusal), refusal.field) from refusal

    def move(self, record: Statement) -> Any:
        raise NotImplementedError

    def done(self, record: Statement, result: Any) -> HttpResponse:
        messages.success(self.request, str(self.word))
        return self.back(record)

    def back(self, record: Statement) -> HttpResponse:
        rows = Statement.objects.visible_to(self.request.user)
        return redirect(record if rows.filter(pk=record.pk).exists() else HOME)


class StatementReviewView(StatementPress):
    word = gettext_lazy("The statement is in review.")

    def move(self, record: Statement) -> Any:
        return review_statements(
            rep=record.rep, period=period_of(record), by=self.request.user, now=timezone.now(), seen=self.seen()
        )


class StatementApproveView(StatementPress):
    word = gettext_lazy("The statement is approved. From now on it does not change.")

    def move(self, record: Statement) -> Any:
        return approve_statements(
            rep=record.rep, period=period_of(record), by=self.request.user, now=timezone.now(), seen=self.seen()
        )


class StatementPayView(StatementPress):
    word = gettext_lazy("The statement is marked as paid.")

    def move(self, record: Statement) -> Any:
        return pay_statement(statement=record, by=self.request.user, now=timezone.now())
