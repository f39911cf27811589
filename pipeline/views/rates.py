"""Exchange rates by day: for admins."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.actions.rates import change_rate, delete_rate
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company, ExchangeRate
from accounts.views.listing import Column, Filter, ListPage
from accounts.views.setting_pages import SettingDeletePage, SettingPage, crumbs
from pipeline.actions.spend import take_in_rate
from pipeline.forms.catalogue import RateForm

HOME = "pipeline:rate_list"
HOME_LABEL = gettext_lazy("Exchange rates")


class RateListView(ListPage):
    template_name = "pipeline/settings_rates.html"
    kind = "rates"
    sorts: ClassVar = {
        "new": (gettext_lazy("newest day"), Sort("day", down=True)),
        "old": (gettext_lazy("oldest day"), Sort("day")),
        "currency": (gettext_lazy("currency"), Sort("currency")),
    }
    columns: ClassVar = [
        Column(name, lambda row, name=name: getattr(row, name)) for name in ("currency", "base", "day", "rate")
    ]

    def filters(self) -> list[Filter]:
        codes = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
        return [Filter("currency", _("Currency"), [("", _("any")), *((code, code) for code in codes)])]

    def rows(self, chosen: dict[str, str]) -> QuerySet[ExchangeRate]:
        rows = ExchangeRate.objects.all()
        return rows.filter(currency=chosen["currency"]) if chosen["currency"] else rows

    def page(self, found: KeysetPage[ExchangeRate], chosen: dict[str, str]) -> dict[str, Any]:
        for row in found.rows:
            row.text = formats.exact(row.rate)
        return {"crumbs": crumbs(), "company": Company.current()}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s rate", "%s rates", total) % (formats.number(total) + ("" if is_all else "+"))


class RatePage(SettingPage):
    model = ExchangeRate
    form_class = RateForm
    home = HOME
    home_label = HOME_LABEL
    new_title = gettext_lazy("New exchange rate")
    delete_name = "pipeline:rate_delete"

    def create(self, form: Form) -> ExchangeRate:
        return take_in_rate(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> ExchangeRate:
        return change_rate(row=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class RateDeleteView(SettingDeletePage):
    model = ExchangeRate
    home = HOME
    home_label = HOME_LABEL

    def act(self, form: Form) -> None:
        delete_rate(row=self.record, by=self.request.user, now=timezone.now())
