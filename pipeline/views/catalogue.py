"""Products and channels: for admins."""

from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.actions.configuration import change_row, create_row
from accounts.keyset import KeysetPage, Sort
from accounts.models import Company
from accounts.views.listing import Column, Filter, ListPage
from accounts.views.setting_pages import SettingDeletePage, SettingList, SettingPage, crumbs
from pipeline.actions.catalogue import change_channel, delete_unused, uses_in_catalogue
from pipeline.forms.catalogue import ChannelForm, ProductForm
from pipeline.models import Channel, Product


class DeleteUnused(SettingDeletePage):
    """Deletes a row of the catalogue that nothing needs."""

    def uses(self) -> list[str]:
        return uses_in_catalogue(self.record)

    def act(self, form: Form) -> None:
        delete_unused(self.record, by=self.request.user, now=timezone.now())


class ProductListView(ListPage):
    template_name = "pipeline/settings_products.html"
    kind = "products"
    sorts: ClassVar = {
        "name": (gettext_lazy("name"), Sort("name")),
        "family": (gettext_lazy("family"), Sort("family")),
        "price": (gettext_lazy("list price"), Sort("list_price", down=True)),
    }
    columns: ClassVar = [
        Column(name, lambda product, name=name: getattr(product, name))
        for name in ("name", "sku", "family", "list_price", "unit_cost", "launched_on", "recurring")
    ]

    def filters(self) -> list[Filter]:
        sold = [("", _("any")), ("yes", _("As a subscription")), ("no", _("Once"))]
        return [
            Filter("q", _("Name or SKU"), is_text=True),
            Filter("family", _("Family"), is_text=True),
            Filter("recurring", _("Sold"), sold),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Product]:
        rows = Product.objects.visible_to(self.request.user)
        if chosen["q"]:
            rows = rows.filter(Q(name__icontains=chosen["q"]) | Q(sku__icontains=chosen["q"]))
        if chosen["family"]:
            rows = rows.filter(family__iexact=chosen["family"])
        if chosen["recurring"]:
            rows = rows.filter(recurring=chosen["recurring"] == "yes")
        return rows

    def page(self, found: KeysetPage[Product], chosen: dict[str, str]) -> dict[str, Any]:
        return {"crumbs": crumbs(), "currency": Company.current().base_currency}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s product", "%s products", total) % (formats.number(total) + ("" if is_all else "+"))


class ProductPage(SettingPage):
    model = Product
    form_class = ProductForm
    home = "pipeline:product_list"
    home_label = gettext_lazy("Products")
    new_title = gettext_lazy("New product")
    delete_name = "pipeline:product_delete"

    def create(self, form: Form) -> Product:
        return create_row(Product, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Product:
        product, _old = change_row(self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return product


class ProductDeleteView(DeleteUnused):
    model = Product
    home = "pipeline:product_list"
    home_label = gettext_lazy("Products")


class ChannelListView(SettingList):
    template_name = "pipeline/settings_channels.html"

    def context(self) -> dict[str, Any]:
        rows = Channel.objects.visible_to(self.request.user).annotate(lead_count=Count("leads"))
        return {"channels": rows.order_by("name", "pk")}


class ChannelPage(SettingPage):
    model = Channel
    form_class = ChannelForm
    home = "pipeline:channel_list"
    home_label = gettext_lazy("Channels")
    new_title = gettext_lazy("New channel")
    delete_name = "pipeline:channel_delete"

    def create(self, form: Form) -> Channel:
        return create_row(Channel, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Channel:
        return change_channel(channel=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class ChannelDeleteView(DeleteUnused):
    model = Channel
    home = "pipeline:channel_list"
    home_label = gettext_lazy("Channels")
