"""The list of deals, and the page of one."""

import datetime
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts import formats
from accounts.business_dates import business_date
from accounts.keyset import COUNTED_TO, KeysetPage, Sort
from accounts.models import Company, Contact
from accounts.money import from_minor, to_minor
from accounts.roles import Role
from accounts.working_days import WorkingCalendar
from pipeline.allocation import line_net_minor
from pipeline.deal_changes import deal_changes
from pipeline.forms.amounts import AmountField
from pipeline.models import Credit, Deal, DealLine, DealVersion, ForecastCategory, Lead, Outcome, Stage
from pipeline.models.history import VersionCredit
from pipeline.past import Moment
from pipeline.patches import lines_patch
from pipeline.stage_path import stage_path
from pipeline.timeline import record_timeline
from pipeline.views.deal_filters import SHARED, TeamTree, all_stages, narrow, pipeline_options, shared_filters
from pipeline.views.deal_rows import head_months, open_row
from pipeline.views.listing import Column, Filter, ListPage
from pipeline.views.moments import look_chip
from pipeline.views.saved_views import views_chip

CONTACTS_SHOWN = 20
SHOWN = (
    "name", "outcome", "amount", "currency", "base_minor", "expected_close_on", "next_step_on", "closed_at",
    "stage_entered_at", "updated_at", "account__name", "owner__name", "stage__name",
)  # fmt: skip
"""What a row of the list needs of its deal."""


def in_minor_digits(amount: Decimal | None, currency: str) -> Decimal | None:
    """An amount with exactly the decimals that its currency has."""
    return None if amount is None else from_minor(to_minor(amount, currency), currency)


NOW_ONLY = ("changed", "age", "month")
"""Sorts that the past does not have."""


class DealListView(ListPage):
    """The deals of the board and the closed ones, as a table and as CSV. ``seen``: from when; None: from now."""

    seen: Moment | None = None
    template_name = "pipeline/deal_list.html"
    kind = "deals"
    sorts: ClassVar = {
        "changed": (gettext_lazy("last changed"), Sort("updated_at", down=True)),
        "close": (gettext_lazy("expected close"), Sort("expected_close_on")),
        "month": (gettext_lazy("month of close"), Sort("expected_close_on")),
        "amount": (gettext_lazy("amount"), Sort("base_minor", down=True)),
        "name": (gettext_lazy("name"), Sort("name")),
        "age": (gettext_lazy("longest in stage"), Sort("stage_entered_at")),
        "closed": (gettext_lazy("last closed"), Sort("closed_at", down=True)),
    }
    columns: ClassVar = [
        Column("name", lambda deal: deal.name),
        Column("account", lambda deal: deal.account),
        Column("owner", lambda deal: deal.owner and deal.owner.key),
        Column("pipeline", lambda deal: deal.pipeline),
        Column("stage", lambda deal: deal.stage),
        Column("outcome", lambda deal: deal.outcome),
        Column("amount", lambda deal: in_minor_digits(deal.amount, deal.currency)),
        Column("currency", lambda deal: deal.currency),
        Column("kind", lambda deal: deal.kind),
        Column("probability", lambda deal: Decimal(deal.effective_probability_bp) / 10_000),
        Column("forecast_category", lambda deal: deal.effective_category),
        Column("opened_at", lambda deal: deal.opened_at),
        Column("expected_close_on", lambda deal: deal.expected_close_on),
        Column("closed_at", lambda deal: deal.closed_at),
        Column("lost_reason", lambda deal: deal.lost_reason),
        Column("competitor", lambda deal: deal.competitor),
        Column("channel", lambda deal: deal.channel),
        Column("campaign", lambda deal: deal.campaign),
        Column("next_step_on", lambda deal: deal.next_step_on),
        Column("external_id", lambda deal: deal.external_id),
    ]

    def filters(self) -> list[Filter]:
        user = self.request.user
        self.company = Company.current_with_days_off()
        self.today = business_date(timezone.now(), self.company.zone)
        self.stages, self.teams = all_stages(user), TeamTree.of(user)
        own, *others = shared_filters(user, self.teams, self.today)
        outcomes = [(Outcome.OPEN.value, _("Open")), ("won", _("Won")), ("lost", _("Lost")), ("all", _("Any"))]
        return [
            own,
            Filter("outcome", _("Outcome"), outcomes),
            Filter("pipeline", _("Pipeline"), [("", _("any")), *pipeline_options(self.stages)]),
            *self.stage_filter(),
            *others,
        ]

    def stage_filter(self) -> list[Filter]:
        """The stages of the pipeline that is chosen; all of them where a stage alone is asked for."""
        asked = self.request.GET.get("pipeline", "")
        if not asked and "stage" not in self.request.GET and len(pipeline_options(self.stages)) > 1:
            return []
        if asked:
            self.stages = [stage for stage in self.stages if str(stage.pipeline_id) == asked] or self.stages
        return [Filter("stage", _("Stage"), self.stage_options())]

    def stage_options(self) -> list[tuple[str, str]]:
        """The stages by name; with their pipeline's where there are several."""
        several = len({stage.pipeline_id for stage in self.stages}) > 1
        names = [f"{stage.pipeline}: {stage}" if several else str(stage) for stage in self.stages]
        return [("", _("any")), *((str(stage.pk), name) for stage, name in zip(self.stages, names, strict=True))]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Deal]:
        user = self.request.user
        rows = Deal.objects.visible_to(user)
        if chosen["outcome"] != "all":
            rows = rows.filter(outcome=chosen["outcome"])
        if chosen["pipeline"]:
            rows = rows.filter(pipeline=int(chosen["pipeline"]))
        if chosen.get("stage"):
            rows = rows.filter(stage=int(chosen["stage"]))
        rows = narrow(rows, chosen, user=user, teams=self.teams, today=self.today)
        if self.request.GET.get("format") == "csv":
            return rows.select_related("account", "owner", "stage", "pipeline", "lost_reason", "channel", "campaign")
        return rows.select_related("account", "owner", "stage").only(*SHOWN)

    def count(self, rows: QuerySet[Deal]) -> tuple[int, bool]:
        """Counts and adds up in one query; beyond ``COUNTED_TO`` rows there is no total."""
        counted = rows.order_by()[: COUNTED_TO + 1]
        self.sums = counted.aggregate(rows=Count("pk"), priced=Count("base_minor"), minor=Sum("base_minor"))
        return min(self.sums["rows"], COUNTED_TO), self.sums["rows"] <= COUNTED_TO

    def page(self, found: KeysetPage[Deal], chosen: dict[str, str]) -> dict[str, Any]:
        currency, base = self.company.base_currency, reverse("pipeline:deal_list")
        calendar = WorkingCalendar.of(self.company)
        for deal in found.rows:
            deal.url = f"{base}{deal.pk}/"
            deal.base_amount = None if deal.base_minor is None else from_minor(deal.base_minor, currency)
            deal.late = late_days(deal, self.today, calendar)
        if self.seen is None:
            if self.sort_key == "month":
                head_months(found.rows, self.rows(chosen), currency)
            open_row(found.rows, self.request.GET.get("edit", ""), user=self.request.user, address=self.address)
        is_all = self.sums["rows"] <= COUNTED_TO
        known = [deal.base_minor for deal in found.rows if deal.base_minor is not None]
        minor = self.sums["minor"] if is_all else sum(known)
        priced = self.sums["priced"] if is_all else len(known)
        summed = self.sums["rows"] if is_all else len(found.rows)
        query = urlencode({key: value for key, value in self.request.GET.items() if key in SHARED and value})
        board = reverse("pipeline:board")
        return {
            "currency": currency,
            "today": self.today,
            "is_all": is_all,
            "summed": summed,
            "sum": from_minor(minor or 0, currency),
            "unpriced": summed - priced,
            "with_outcome": chosen["outcome"] != Outcome.OPEN,
            "after_amount": 2 + (chosen["outcome"] != Outcome.OPEN) + ("step" in chosen),
            "board_url": f"{board}?{query}" if query else board,
            "may_write": self.request.user.role != Role.LEADER,
            "bulk_parts": [(key, value) for key, value in self.list_parts() if key != "edit"],
            "list_url": self.address(edit=""),
        }

    def more_chips(self) -> list[dict[str, Any]]:
        but = ("step", "sort") if self.sort_key in NOW_ONLY else ("step",)
        return [views_chip(self.request, "deals"), look_chip(self.request, self.seen, but=but)]

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s deal", "%s deals", total) % (formats.number(total) + ("" if is_all else "+"))


class DealDetailView(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user, now, company = request.user, timezone.now(), Company.current_with_days_off()
        rows = Deal.objects.visible_to(user).annotate(
            is_writable=Exists(Deal.objects.writable_by(user).filter(pk=OuterRef("pk")))
        )
        joined = ("account", "contact", "owner", "stage", "pipeline", "channel", "campaign", "lost_reason")
        deal = get_object_or_404(rows.select_related(*joined), pk=pk)
        today = business_date(now, company.zone)
        changes = deal_changes(deal, user=user, company=company)
        timeline = record_timeline(deal, user=user, moments=changes.entries)
        show = request.GET.get("show")
        context = {
            "deal": deal,
            "now": now,
            "today": today,
            "currency": company.base_currency,
            "base_amount": None if deal.base_minor is None else from_minor(deal.base_minor, company.base_currency),
            "weighted": weighted_amount(deal),
            "slips": changes.slips,
            "path": self.path(deal, company, now),
            "late": late_days(deal, today, WorkingCalendar.of(company)),
            **timeline,
            "entries": shown_entries(timeline["entries"], show),
            "shows": timeline_shows(deal, show),
            "zone": company.zone,
            "chance": Decimal(deal.effective_probability_bp) / 10_000,
            "category": dict(ForecastCategory.choices)[deal.effective_category],
            "contacts": self.contacts(deal),
            "credits": credits_of(deal),
            **lines_of(deal),
            "lead": Lead.objects.visible_to(user).filter(deal=deal).select_related("channel").first(),
            "log_url": f"{reverse('pipeline:activity_log')}?deal={deal.pk}" if deal.is_writable else "",
            "plan_url": f"{reverse('pipeline:activity_plan')}?deal={deal.pk}",
            "may_assign": deal.is_writable and user.role in (Role.MANAGER, Role.ADMIN),
            "chips": [look_chip(request, None)],
        }
        return render(request, "pipeline/deal_detail.html", context)

    def path(self, deal: Deal, company: Company, now: datetime.datetime) -> list[Any]:
        stages = Stage.objects.visible_to(self.request.user).filter(pipeline=deal.pipeline_id)
        return stage_path(
            deal, list(stages.order_by("position", "pk")), deal.visits.order_by("pk"), zone=company.zone, now=now
        )

    def contacts(self, deal: Deal) -> list[Contact]:
        """The people at the account, the deal's own contact first."""
        rows = Contact.objects.visible_to(self.request.user).filter(account__isnull=False, account=deal.account_id)
        people = rows.order_by("name", "pk")[:CONTACTS_SHOWN]
        return sorted(people, key=lambda person: person.pk != deal.contact_id)


def timeline_shows(deal: Deal, show: str | None) -> list[dict[str, Any]]:
    """The switch of the timeline: everything, activities, changes."""
    options = (("", _("All")), ("activities", _("Activities")), ("changes", _("Changes")))
    current = show if show in dict(options) else ""
    url = deal.get_absolute_url()
    return [
        {"label": label, "url": f"{url}?show={key}" if key else url, "is_current": key == current}
        for key, label in options
    ]


def late_days(deal: Deal, today: datetime.date, calendar: WorkingCalendar) -> int:
    """Working days since the next step was due."""
    step = deal.next_step_on
    return calendar.after(step, today) if step and step < today else 0


def weighted_amount(deal: Deal) -> Decimal | None:
    """The amount at its probability, in the deal's currency; nothing for the category omitted."""
    if deal.amount is None:
        return None
    if deal.effective_category == ForecastCategory.OMITTED:
        return Decimal(0)
    minor = to_minor(deal.amount, deal.currency)
    return from_minor(round(Decimal(minor * deal.effective_probability_bp) / 10_000), deal.currency)


def shown_entries(entries: list[Any], show: str | None) -> list[Any]:
    """All lines of the timeline, or only activities or only changes; activities are the ones that have a page."""
    if show == "activities":
        return [entry for entry in entries if entry.url]
    if show == "changes":
        return [entry for entry in entries if not entry.url]
    return entries


def credits_of(record: Deal | DealVersion) -> list[Credit] | list[VersionCredit]:
    """The credits of a deal or of its version, largest share first, each with its share in words."""
    credits = list(record.credits.select_related("rep").order_by("-share", "pk"))
    for credit in credits:
        credit.share_text = formats.percent(credit.share, 0 if credit.share * 100 % 1 == 0 else 2)
    return credits


def lines_of(deal: Deal) -> dict[str, Any]:
    """The lines with their net amounts, what they add up to (None: a price is missing), and whether
    the amount is another one or not known."""
    lines: list[DealLine] = list(deal.lines.select_related("product").order_by("position", "pk"))
    nets = [line_net_minor(line, deal.currency) for line in lines_patch(lines)["lines"]]
    for line, net in zip(lines, nets, strict=True):
        line.net = None if net is None else from_minor(net, deal.currency)
    known = [net for net in nets if net is not None]
    total = from_minor(sum(known), deal.currency) if len(known) == len(lines) else None
    differs = bool(lines) and total is not None and total != deal.amount
    typed = AmountField().prepare_value(total)
    return {"lines": lines, "lines_total": total, "lines_typed": typed, "lines_differ": differs}
