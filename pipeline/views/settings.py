"""The settings' home with the set-up checklist, and the company itself: for admins."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts import formats
from accounts.actions.company import change_company
from accounts.forms.company import CompanyForm
from accounts.models import Company, ExchangeRate, Rep, Team, User
from accounts.views.form_pages import FormPage
from accounts.views.setting_pages import crumbs
from pipeline.models import Campaign, Channel, Deal, Lead, LostReason, Pipeline, Product, RoutingRule


@dataclass(frozen=True)
class Step:
    """One thing to set up before figures can be trusted."""

    label: str
    hint: str
    page: str
    is_done: bool

    @property
    def url(self) -> str:
        return reverse(self.page)


@dataclass(frozen=True)
class Section:
    """A page of the settings: what it is for, and what it holds now."""

    label: str
    icon: str
    page: str
    text: str
    holds: str = ""

    @property
    def url(self) -> str:
        return reverse(self.page)


class SettingsHome(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        company = Company.current()
        steps = checklist(company)
        left = sum(not step.is_done for step in steps)
        context = {"company": company, "steps": steps, "left": left, "sections": sections()}
        return render(request, "pipeline/settings_home.html", context)


class CompanyView(FormPage):
    template_name = "pipeline/settings_company.html"

    def form(self, data: Any = None) -> Form:
        return CompanyForm(data, instance=Company.current())

    def act(self, form: Form) -> Company:
        return change_company(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def page(self, form: Form) -> dict[str, Any]:
        return {
            "title": _("Company"),
            "verb": _("Save company"),
            "crumbs": crumbs(),
            "cancel_url": reverse("pipeline:settings"),
            "company": Company.current(),
        }

    def done(self, result: Company) -> HttpResponse:
        messages.success(self.request, _("Company saved."))
        return redirect("pipeline:settings")


def checklist(company: Company) -> list[Step]:
    """What a new company has to do, in order."""
    named = company.name not in ("", Company._meta.get_field("name").default)
    people = User.objects.filter(is_active=True)[:2].count() > 1
    channels, products = Channel.objects.exists(), Product.objects.exists()
    foreign = Deal.objects.live().exclude(currency=company.base_currency)
    priced = not foreign.filter(amount__isnull=False, base_minor=None).exists()
    records = Deal.objects.live().exists() or Lead.objects.live().exists()
    rates = _("Only for deals in other currencies than %(currency)s.") % {"currency": company.base_currency}
    return [
        Step(_("Name the company"), _("And set its fiscal year."), "pipeline:settings_company", named),
        Step(_("Make the teams"), _("Figures are summed up the tree."), "accounts:team_list", Team.objects.exists()),
        Step(_("Invite people"), _("Reps, managers, leaders, more admins."), "accounts:user_list", people),
        Step(
            _("Check the stages"), _("What a deal goes through, and how likely it is won then."),
            "pipeline:pipeline_list", Pipeline.objects.exists(),
        ),
        Step(
            _("List why deals are lost"), _("Losing a deal asks for one of these reasons."),
            "pipeline:lost_reason_list", LostReason.objects.exists(),
        ),
        Step(_("List channels"), _("Where leads and deals come from."), "pipeline:channel_list", channels),
        Step(_("List products"), _("What is sold, at which price."), "pipeline:product_list", products),
        Step(_("Enter exchange rates"), rates, "pipeline:rate_list", priced),
        Step(
            _("Bring in leads and deals"), _("From a file, or one by one."),
            existing("pipeline:import_list", "pipeline:deal_create"), records,
        ),
    ]  # fmt: skip


def sections() -> list[Section]:
    """The pages of the settings, with what they hold."""
    newest = ExchangeRate.objects.aggregate(day=Max("day"))["day"]
    users, reps = User.objects.filter(is_active=True).count(), Rep.objects.filter(left_on=None).count()
    teams, products = Team.objects.count(), Product.objects.count()
    campaigns, channels = Campaign.objects.count(), Channel.objects.count()
    pipelines, reasons = Pipeline.objects.count(), LostReason.objects.count()
    rules = RoutingRule.objects.count()
    return [
        Section(_("Company"), "building", "pipeline:settings_company", _("Name, fiscal year, leaderboard")),
        Section(
            _("Users"), "user", "accounts:user_list", _("Who signs in, as what"),
            ngettext("%s active", "%s active", users) % formats.number(users),
        ),
        Section(
            _("Teams"), "users", "accounts:team_list", _("The tree, and who heads what"),
            ngettext("%s team", "%s teams", teams) % formats.number(teams),
        ),
        Section(
            _("Reps"), "user-dollar", "pipeline:rep_list", _("Who sells, since when, in which team"),
            ngettext("%s at work", "%s at work", reps) % formats.number(reps),
        ),
        Section(
            _("Pipelines and stages"), "layout-kanban", "pipeline:pipeline_list",
            _("Order, probability, category, required fields"),
            ngettext("%s pipeline", "%s pipelines", pipelines) % formats.number(pipelines),
        ),
        Section(
            _("Lost reasons"), "circle-x", "pipeline:lost_reason_list", _("Why deals are lost"),
            ngettext("%s reason", "%s reasons", reasons) % formats.number(reasons),
        ),
        Section(
            _("Products"), "package", "pipeline:product_list", _("Prices, costs, families"),
            ngettext("%s product", "%s products", products) % formats.number(products),
        ),
        Section(
            _("Channels"), "route", "pipeline:channel_list", _("Where buyers come from"),
            ngettext("%s channel", "%s channels", channels) % formats.number(channels),
        ),
        Section(
            _("Routing of leads"), "arrows-split", "pipeline:routing_rule_list", _("Who gets a new lead, in turn"),
            ngettext("%s rule", "%s rules", rules) % formats.number(rules),
        ),
        Section(
            _("Campaigns and spend"), "speakerphone", "pipeline:campaign_list", _("Budgets and what was spent"),
            ngettext("%s campaign", "%s campaigns", campaigns) % formats.number(campaigns),
        ),
        Section(
            _("Exchange rates"), "currency-euro", "pipeline:rate_list", _("Rates by day"),
            _("newest of %(day)s") % {"day": formats.full_day(newest)} if newest else _("none yet"),
        ),
        *_books(),
        Section(_("Audit log"), "history", "accounts:audit_list", _("Who did what, and when")),
    ]  # fmt: skip


def _books() -> list[Section]:
    """What figures are made of besides records: pages of the app above."""
    return [
        Section(_("Expenses"), "receipt", "metrics:expense_list", _("Salaries, travel, tools: what selling costs")),
        Section(_("Indicators"), "activity", "metrics:indicator_list", _("Web visits, followers, what staff say")),
        Section(_("Surveys"), "message-2", "metrics:survey_list", _("What customers answered")),
        Section(_("Targets"), "target", "metrics:target_list", _("What to reach, by whom, until when")),
        Section(_("Benchmarks"), "scale", "metrics:benchmark_list", _("What others reach")),
        Section(_("Own metrics"), "variable", "metrics:definition_list", _("Put together from what is measured")),
        Section(_("Pinned figures"), "pin", "metrics:pin_list", _("What each role and team sees first")),
        Section(_("Market size"), "world", "metrics:market_size_list", _("Who could buy")),
    ]


def existing(name: str, other: str) -> str:
    """The name of a page, or of another one while there is no such page."""
    try:
        reverse(name)
    except NoReverseMatch:
        return other
    return name
