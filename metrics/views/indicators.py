"""Indicators and their readings: for admins."""

from typing import Any, ClassVar

from django.db.models import Count, Max, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.keyset import Sort
from accounts.views.listing import Column, Filter
from accounts.views.setting_pages import SettingDeletePage, SettingPage, crumbs
from metrics.actions.indicators import (
    change_indicator,
    change_reading,
    create_indicator,
    create_reading,
    delete_indicator,
    delete_reading,
)
from metrics.forms.facts import IndicatorForm, ReadingForm
from metrics.models import Indicator, IndicatorReading
from metrics.views.setting_lists import Cells, FactList, Head

HOME = "metrics:indicator_list"
HOME_LABEL = gettext_lazy("Indicators")


class IndicatorListView(FactList):
    kind = "indicators"
    title = HOME_LABEL
    lede = gettext_lazy(
        "Numbers from outside: web visits, followers, what staff say. A flow adds up over a period; of a stock the "
        "last reading holds."
    )
    heads = (
        Head(gettext_lazy("Indicator")),
        Head(gettext_lazy("Nature")),
        Head(gettext_lazy("Unit")),
        Head(gettext_lazy("Newest reading")),
        Head(gettext_lazy("Readings"), is_num=True),
    )
    create_name, edit_name = "metrics:indicator_create", "metrics:reading_list"
    new_label = gettext_lazy("New indicator")
    icon = "activity"
    empty_title = gettext_lazy("No indicators yet")
    rows_are_pages = True
    empty_text = gettext_lazy("Enter one, or import a file of readings: it makes the indicators that it names.")
    sorts: ClassVar = {"name": (gettext_lazy("name"), Sort("name"))}
    columns: ClassVar = [
        Column(name, lambda row, name=name: getattr(row, name)) for name in ("name", "slug", "nature", "unit")
    ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Indicator]:
        rows = Indicator.objects.visible_to(self.request.user)
        return rows.annotate(newest=Max("readings__day"), reading_count=Count("readings"))

    def cells(self, row: Any) -> Cells:
        newest = formats.full_day(row.newest) if row.newest else ""
        texts = [row.get_nature_display(), row.unit, newest, formats.number(row.reading_count)]
        return Cells(row.name, texts, sub=row.slug)

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s indicator", "%s indicators", total) % formats.number(total)


class IndicatorPage(SettingPage):
    model = Indicator
    form_class = IndicatorForm
    home, home_label = HOME, HOME_LABEL
    new_title = gettext_lazy("New indicator")
    delete_name = "metrics:indicator_delete"

    def create(self, form: Form) -> Indicator:
        return create_indicator(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Indicator:
        return change_indicator(indicator=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class IndicatorDeleteView(SettingDeletePage):
    model = Indicator
    home, home_label = HOME, HOME_LABEL

    def uses(self) -> list[str]:
        count = self.record.readings.count()
        return [ngettext("%s reading", "%s readings", count) % formats.number(count)] if count else []

    def act(self, form: Form) -> None:
        delete_indicator(indicator=self.record, by=self.request.user, now=timezone.now())


class ReadingListView(FactList):
    """The readings of the indicator that the address names."""

    kind = "readings"
    heads = (
        Head(gettext_lazy("Day")),
        Head(gettext_lazy("Source")),
        Head(gettext_lazy("Channel")),
        Head(gettext_lazy("Value"), is_num=True),
    )
    edit_name = "metrics:reading_edit"
    new_label = gettext_lazy("New reading")
    icon = "activity"
    empty_title = gettext_lazy("No readings yet")
    empty_text = gettext_lazy("Enter one, or import a file with the columns indicator, day, value and source.")
    sorts: ClassVar = {
        "new": (gettext_lazy("newest day"), Sort("day", down=True)),
        "old": (gettext_lazy("oldest day"), Sort("day")),
        "value": (gettext_lazy("largest value"), Sort("value", down=True)),
    }
    columns: ClassVar = [
        Column("indicator", lambda row: row.indicator.slug),
        Column("day", lambda row: row.day),
        Column("value", lambda row: row.value),
        Column("source", lambda row: row.source),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        self.indicator = get_object_or_404(Indicator.objects.visible_to(request.user), pk=kwargs.pop("pk"))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def filters(self) -> list[Filter]:
        named = self.indicator.readings.order_by("source").values_list("source", flat=True).distinct()
        return [Filter("source", _("Source"), [("", _("any")), *((one, one) for one in named if one)])]

    def rows(self, chosen: dict[str, str]) -> QuerySet[IndicatorReading]:
        rows = IndicatorReading.objects.visible_to(self.request.user).filter(indicator=self.indicator)
        rows = rows.select_related("channel", "indicator")
        return rows.filter(source=chosen["source"]) if chosen["source"] else rows

    def cells(self, row: IndicatorReading) -> Cells:
        return Cells(formats.full_day(row.day), [row.source, str(row.channel or ""), formats.exact(row.value)])

    def create_url(self) -> str:
        return reverse("metrics:reading_create", args=[self.indicator.pk])

    def crumbs(self) -> list[dict[str, Any]]:
        return crumbs((HOME_LABEL, reverse(HOME)))

    def page_title(self) -> str:
        return self.indicator.name

    def page(self, found: Any, chosen: dict[str, str]) -> dict[str, Any]:
        edit_url = reverse("metrics:indicator_edit", args=[self.indicator.pk])
        return {**super().page(found, chosen), "change_url": edit_url}

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s reading", "%s readings", total) % (formats.number(total) + ("" if is_all else "+"))


class ReadingPage(SettingPage):
    """A new reading of the indicator in the address, or one that is there."""

    model = IndicatorReading
    form_class = ReadingForm
    home_label = HOME_LABEL
    new_title = gettext_lazy("New reading")
    delete_name = "metrics:reading_delete"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "indicator" in kwargs:
            rows = Indicator.objects.visible_to(request.user)
            self.indicator = get_object_or_404(rows, pk=kwargs["indicator"])
        return super().dispatch(request, *args, **kwargs)

    def records(self) -> Any:
        if "pk" not in self.kwargs:
            return None
        return IndicatorReading.objects.visible_to(self.request.user).select_related("indicator")

    def home_url(self) -> str:
        indicator = self.record.indicator if self.record else self.indicator
        return reverse("metrics:reading_list", args=[indicator.pk])

    def create(self, form: Form) -> IndicatorReading:
        return create_reading(
            indicator=self.indicator, by=self.request.user, now=timezone.now(), **form.cleaned_data
        )  # fmt: skip

    def change(self, form: Form) -> IndicatorReading:
        return change_reading(reading=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class ReadingDeleteView(SettingDeletePage):
    model = IndicatorReading
    home_label = HOME_LABEL

    def home_url(self) -> str:
        return reverse("metrics:reading_list", args=[self.record.indicator_id])

    def act(self, form: Form) -> None:
        delete_reading(reading=self.record, by=self.request.user, now=timezone.now())
