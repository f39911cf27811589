"""Campaigns and what was spent on them: for admins."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet, Sum
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.actions.configuration import change_row, create_row
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company
from accounts.money import from_minor
from accounts.views.listing import Column, Filter, ListPage
from accounts.views.setting_pages import SettingDeletePage, SettingPage, crumbs
from pipeline.actions.spend import change_spend, create_spend, delete_spend
from pipeline.forms.catalogue import CampaignForm, SpendForm
from pipeline.models import Campaign, CampaignSpend, Channel
from pipeline.views.catalogue import DeleteUnused

HOME = "pipeline:campaign_list"
HOME_LABEL = gettext_lazy("Campaigns")


class CampaignListView(ListPage):
    template_name = "pipeline/settings_campaigns.html"
    kind = "campaigns"
    sorts: ClassVar = {
        "start": (gettext_lazy("newest start"), Sort("starts_on", down=True)),
        "name": (gettext_lazy("name"), Sort("name")),
        "budget": (gettext_lazy("budget"), Sort("budget", down=True)),
    }
    columns: ClassVar = [
        *(Column(name, lambda row, name=name: getattr(row, name)) for name in (
            "name", "channel", "status", "starts_on", "ends_on", "budget",
        )),
    ]  # fmt: skip

    def filters(self) -> list[Filter]:
        channels = [(str(row.pk), row.name) for row in Channel.objects.order_by("name")]
        return [
            Filter("q", _("Name"), is_text=True),
            Filter("status", _("Status"), [("", _("any")), *((k, str(word)) for k, word in Campaign.Status.choices)]),
            Filter("channel", _("Channel"), [("", _("any")), *channels]),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Campaign]:
        rows = Campaign.objects.visible_to(self.request.user).select_related("channel")
        if chosen["q"]:
            rows = rows.filter(Q(name__icontains=chosen["q"]))
        wanted = {name: chosen[name] for name in ("status", "channel") if chosen[name]}
        return rows.filter(**wanted)

    def page(self, found: KeysetPage[Campaign], chosen: dict[str, str]) -> dict[str, Any]:
        currency = Company.current().base_currency
        spend = CampaignSpend.objects.filter(campaign__in=[row.pk for row in found.rows])
        sums = dict(spend.order_by().values_list("campaign").annotate(total=Sum("base_minor")))
        for row in found.rows:
            minor = sums.get(row.pk, 0)
            row.spent = None if minor is None else from_minor(minor, currency)
        return {"crumbs": crumbs(), "currency": currency}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s campaign", "%s campaigns", total) % (formats.number(total) + ("" if is_all else "+"))


class CampaignPage(SettingPage):
    model = Campaign
    form_class = CampaignForm
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New campaign")
    delete_name = "pipeline:campaign_delete"

    def create(self, form: Form) -> Campaign:
        return create_row(Campaign, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Campaign:
        campaign, _old = change_row(self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return campaign


class CampaignDeleteView(DeleteUnused):
    model = Campaign
    home = HOME
    home_label = HOME_LABEL


class SpendListView(ListPage):
    """What was spent on one campaign, day by day."""

    template_name = "pipeline/settings_spend.html"
    kind = "spend"
    sorts: ClassVar = {
        "new": (gettext_lazy("newest day"), Sort("day", down=True)),
        "old": (gettext_lazy("oldest day"), Sort("day")),
        "amount": (gettext_lazy("amount"), Sort("amount", down=True)),
    }
    columns: ClassVar = [
        Column(name, lambda row, name=name: getattr(row, name)) for name in ("campaign", "day", "amount", "currency")
    ]

    def dispatch(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponse:
        self.campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
        return super().dispatch(request, *args, **kwargs)

    def rows(self, chosen: dict[str, str]) -> QuerySet[CampaignSpend]:
        rows = CampaignSpend.objects.visible_to(self.request.user)
        return rows.filter(campaign=self.campaign).select_related("campaign")

    def page(self, found: KeysetPage[CampaignSpend], chosen: dict[str, str]) -> dict[str, Any]:
        currency = Company.current().base_currency
        total = self.rows(chosen).aggregate(total=Sum("base_minor"))["total"] or 0
        for row in found.rows:
            row.base = None if row.base_minor is None else from_minor(row.base_minor, currency)
        return {
            "crumbs": crumbs((HOME_LABEL, reverse(HOME))),
            "campaign": self.campaign,
            "currency": currency,
            "spent": from_minor(total, currency),
            "unpriced": self.rows(chosen).filter(base_minor=None).count(),
        }

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s row", "%s rows", total) % (formats.number(total) + ("" if is_all else "+"))


class SpendPage(SettingPage):
    """Notes what a campaign cost on a day, or corrects it. A new one is of the campaign that the address names."""

    model = CampaignSpend
    form_class = SpendForm
    home = "pipeline:spend_list"
    new_title = gettext_lazy("Spend of a day")
    delete_name = "pipeline:spend_delete"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        campaigns = Campaign.objects.visible_to(request.user)
        chosen = {"pk": kwargs["campaign"]} if "campaign" in kwargs else {"spend__pk": kwargs["pk"]}
        self.campaign = get_object_or_404(campaigns, **chosen)
        self.home_label = self.campaign.name
        return super().dispatch(request, *args, **kwargs)

    def home_url(self) -> str:
        return reverse(self.home, args=[self.campaign.pk])

    def create(self, form: Form) -> CampaignSpend:
        by, now = self.request.user, timezone.now()
        return create_spend(campaign=self.campaign, by=by, now=now, **form.cleaned_data)

    def change(self, form: Form) -> CampaignSpend:
        return change_spend(spend=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class SpendDeleteView(SettingDeletePage):
    model = CampaignSpend
    home = "pipeline:spend_list"

    @property
    def home_label(self) -> str:
        return self.record.campaign.name

    def records(self) -> QuerySet[CampaignSpend]:
        return CampaignSpend.objects.visible_to(self.request.user).select_related("campaign")

    def home_url(self) -> str:
        return reverse(self.home, args=[self.record.campaign_id])

    def act(self, form: Form) -> None:
        delete_spend(spend=self.record, by=self.request.user, now=timezone.now())
