"""The rows of a deal: its lines and its credits, any number of them at once."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.models import Company, Rep
from pipeline.forms.amounts import AmountField
from pipeline.forms.percents import PercentField
from pipeline.forms.picks import VersionField
from pipeline.models import Deal, Product

ROWS_AT_MOST = 200


class FillingSelect(forms.Select):
    """Its options say what they put into the fields beside them; `rows.js` reads it."""

    fills: Mapping[str, str] = MappingProxyType({})

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        if fills := self.fills.get(str(value)):
            option["attrs"]["data-fills"] = fills
        return option


class RecordChoiceField(forms.TypedChoiceField):
    """A record picked from rows that were read once for all rows of a table."""

    widget = FillingSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(empty_value=None, required=False, **options)

    def offer(self, rows: dict[str, Any], empty: str) -> None:
        self.choices = [("", empty), *((pk, str(row)) for pk, row in rows.items())]
        self.rows = rows
        self.coerce = self.row

    def fill(self, values: dict[str, str]) -> None:
        """What picking a row puts into the fields beside it, by the row's id, written as in an address."""
        self.widget.fills = values

    def row(self, pk: Any) -> Any:
        """The row of that id; ValueError when it is not on offer."""
        if str(pk) not in self.rows:
            raise ValueError(pk)
        return self.rows[str(pk)]


class PartRow(forms.Form):
    """A row of a table of parts; one without its record is left out."""

    record_name: str

    def __init__(self, *args: Any, rows: dict[str, Any], fills: dict[str, str] | None = None, **options: Any) -> None:
        options.setdefault("use_required_attribute", False)
        super().__init__(*args, **options)
        self.fields[self.record_name].offer(rows, _("None"))
        self.fields[self.record_name].fill(fills or {})
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control num"
            field.widget.attrs |= {"class": look, "aria-label": field.label}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get(self.record_name) is None and self.record_name not in self.errors:
            self.errors.clear()
        return data


class LineRow(PartRow):
    record_name = "product"

    product = RecordChoiceField(label=_("Product"))
    quantity = AmountField(label=_("Quantity"), max_digits=14, min_value=Decimal("0.0001"), initial=Decimal(1))
    unit_price = AmountField(label=_("Unit price"), required=False)
    discount = PercentField(label=_("Discount, %"), required=False)
    unit_cost = AmountField(label=_("Unit cost"), required=False)


class CreditRow(PartRow):
    record_name = "rep"

    rep = RecordChoiceField(label=_("Rep"))
    share = PercentField(label=_("Share, %"), places=4)

    def clean_share(self) -> Decimal:
        share = self.cleaned_data["share"]
        if not share:
            raise forms.ValidationError(_("A share is above 0 %; leave the rep empty to drop the row."))
        return share


class PartsForm(forms.Form):
    """The version of the deal and the table ``rows`` of its parts; ``saved`` are the parts as they are stored."""

    version = VersionField()
    row_form: type[PartRow]

    def __init__(
        self,
        data: Any = None,
        *,
        deal: Deal,
        records: dict[str, Any],
        initial: list[dict[str, Any]],
        fills: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial={"version": deal.version})
        name = self.row_form.record_name
        self.saved = [{**row, name: records.get(str(row[name]))} for row in initial]
        formset: type[BaseFormSet] = formset_factory(
            self.row_form, extra=2 if initial else 3, can_delete=True, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST
        )
        self.rows = formset(data, initial=initial, prefix="rows", form_kwargs={"rows": records, "fills": fills})

    def is_valid(self) -> bool:
        return all([self.rows.is_valid(), super().is_valid()])

    def parts(self) -> list[dict[str, Any]]:
        """The rows that name a record and are not to be removed."""
        name = self.row_form.record_name
        found = [row.cleaned_data for row in self.rows if hasattr(row, "cleaned_data")]
        kept = [row for row in found if row.get(name) is not None and not row.get("DELETE")]
        return [{key: value for key, value in row.items() if key != "DELETE"} for row in kept]


class LinesForm(PartsForm):
    row_form = LineRow

    def __init__(self, data: Any = None, *, deal: Deal, user: Any) -> None:
        lines = list(deal.lines.select_related("product").order_by("position", "pk"))
        products = Product.objects.visible_to(user).order_by("name")
        names = ("quantity", "unit_price", "discount", "unit_cost")
        initial = [{"product": line.product_id, **{name: getattr(line, name) for name in names}} for line in lines]
        records = {str(row.pk): row for row in products}
        # The list is in the base currency; what it is in another one is for the seller to say.
        fills = _priced(records) if deal.currency == Company.current().base_currency else {}
        super().__init__(data, deal=deal, records=records, initial=initial, fills=fills)

    def parts(self) -> list[dict[str, Any]]:
        return [{**row, "discount": row["discount"] or Decimal(0)} for row in super().parts()]


def _priced(products: dict[str, Product]) -> dict[str, str]:
    """The list's price and cost of each product that has one, as the fields of a line write them."""
    fields = LineRow.base_fields
    known = {pk: {"unit_price": product.list_price, "unit_cost": product.unit_cost} for pk, product in products.items()}
    return {
        pk: urlencode({name: fields[name].prepare_value(value) for name, value in values.items() if value is not None})
        for pk, values in known.items()
    }


class CreditsForm(PartsForm):
    row_form = CreditRow

    def __init__(self, data: Any = None, *, deal: Deal, user: Any) -> None:
        credits = list(deal.credits.order_by("-share", "pk"))
        in_sight = Q(pk__in=Rep.objects.visible_to(user).values("pk"), left_on=None)
        already = Q(pk__in=[credit.rep_id for credit in credits])
        reps = Rep.objects.order_by("name", "pk").filter(in_sight | already)
        initial = [{"rep": credit.rep_id, "share": credit.share} for credit in credits]
        records = {str(row.pk): row for row in reps}
        self.unsaid = None if credits else records.get(str(deal.owner_id))
        whole = [{"rep": deal.owner_id, "share": Decimal(1)}] if self.unsaid else []
        super().__init__(data, deal=deal, records=records, initial=initial or whole)
        if not credits:
            self.saved = []

    def parts(self) -> list[dict[str, Any]]:
        """The owner's row alone, which the form offers where nothing is saved, says no more than no row."""
        parts = super().parts()
        return [] if self.unsaid and parts == [{"rep": self.unsaid, "share": 1}] else parts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        shares = [row["share"] for row in self.parts()] if self.rows.is_valid() else []
        if shares and sum(shares) != 1:
            total = formats.plain(sum(shares) * 100, 4)
            self.add_error(None, _("The shares add up to %(total)s %%. They must add up to 100 %%.") % {"total": total})
        return data
