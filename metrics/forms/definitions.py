"""A metric put together from registered measures, as an admin types it; checked by what checks the catalogue."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from metrics.catalogue.operators import OPERATORS
from metrics.composing import LONGEST_SLUG, OPERATIONS, Composition, check_members, check_slug, compose
from metrics.dimensions import DIMENSIONS
from metrics.errors import QuestionRefused
from metrics.measures.filtered import Conditions
from metrics.measures.registered import blocks
from metrics.metric import Metric
from metrics.models import MetricDefinition
from metrics.pages.dimension_words import dimension_word
from metrics.pages.group_words import GROUPS
from pipeline.models import Campaign, Channel, Deal, ForecastCategory, LostReason, Pipeline, Product, Stage

ROWS = (1, 2, 3)
"""How many filters each side has room for."""
MOST_SUGGESTED = 500
BETTER = (
    ("higher", _("More is better")), ("lower", _("Less is better")), ("neutral", _("Neither")),
    ("range", _("A range is best")),
)  # fmt: skip


def measure_choices() -> list[tuple[Any, Any]]:
    """The registered measures, by what they are about."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, block in blocks().items():
        groups.setdefault(str(GROUPS.get(block.home.group, block.home.group.capitalize())), []).append(
            (key, block.label)
        )
    return [(group, sorted(found, key=lambda one: one[1])) for group, found in groups.items()]


def filter_choices() -> list[tuple[str, str]]:
    known = {name for block in blocks().values() for name in block.filters}
    return [("", _("everything")), *((name, dimension_word(name)) for name in DIMENSIONS if name in known)]


class DefinitionForm(forms.Form):
    """A new definition; of one that is there all but the slug."""

    name = forms.CharField(label=_("Name"), max_length=80)
    slug = forms.CharField(
        label=_("Slug"), max_length=LONGEST_SLUG,
        help_text=_("Its name for commands, the API and addresses, such as web_win_rate. It stays as it is."),
    )  # fmt: skip
    meaning = forms.CharField(
        label=_("Meaning"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What people read when they point at the figure."),
    )  # fmt: skip
    better = forms.ChoiceField(label=_("Which way is good"), choices=BETTER)
    top = forms.ChoiceField(label=_("What is counted or added up"), choices=measure_choices)
    bottom = forms.ChoiceField(
        label=_("Divided by"),
        required=False,
        choices=lambda: [("", _("nothing: the measure itself")), *measure_choices()],
    )
    shown_as = forms.ChoiceField(
        label=_("Shown as"), required=False,
        choices=[("", _("its own unit")), ("percent", _("a percentage")), ("ratio", _("a ratio"))],
        help_text=_("Of two sides in one unit. A percentage of records needs the first to be some of the second."),
    )  # fmt: skip
    operator = forms.ChoiceField(
        label=_("And then"), required=False,
        choices=lambda: [("", _("nothing more")), *((slug, OPERATORS[slug].name) for slug in OPERATIONS)],
    )  # fmt: skip
    dimensions = forms.MultipleChoiceField(
        label=_("Can be told apart by"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: filter_choices()[1:],
        help_text=_("None chosen: whatever both sides carry; rep, team and time always."),
    )  # fmt: skip

    def __init__(self, data: Any = None, instance: MetricDefinition | None = None) -> None:
        self.instance = instance
        self.metric: Metric | None = None
        super().__init__(data, initial=_initial(instance))
        for side in ("top", "bottom"):
            for row in ROWS:
                self.fields[f"{side}_dimension_{row}"] = forms.ChoiceField(
                    label=_("Limited to"), required=False, choices=filter_choices
                )
                self.fields[f"{side}_member_{row}"] = forms.CharField(
                    label=_("that is"), required=False, max_length=200,
                    widget=forms.TextInput(attrs={"list": "members", "autocomplete": "off"}),
                )  # fmt: skip
        if instance is not None:
            del self.fields["slug"]

    @property
    def sides(self) -> list[dict[str, Any]]:
        """The fields of each side: the measure, then its filters as pairs."""
        return [
            {
                "measure": self[side],
                "filters": [(self[f"{side}_dimension_{n}"], self[f"{side}_member_{n}"]) for n in ROWS],
            }
            for side in ("top", "bottom")
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        where = {side: self._where(side) for side in ("top", "bottom")}
        if self.errors:
            return data
        kept = ("rep", "team") if data["dimensions"] else ()
        carried = {name for name in kept if name in blocks()[data["top"]].dimensions}
        if data["bottom"]:
            carried &= set(blocks()[data["bottom"]].dimensions)
        told = Composition(
            slug=self.instance.slug if self.instance else data["slug"],
            **{name: data[name] for name in ("name", "meaning", "better", "top", "bottom", "shown_as", "operator")},
            top_where=where["top"], bottom_where=where["bottom"],
            dimensions=(*sorted(carried), *data["dimensions"]),
        )  # fmt: skip
        try:
            if self.instance is None:
                check_slug(told.slug, MetricDefinition.objects.filter(slug=told.slug).values_list("slug", flat=True))
            check_members(told)
            self.metric = compose(told)
        except QuestionRefused as refusal:
            self.add_error(self.field_of(refusal.field), str(refusal))
        return {**data, "told": told}

    @staticmethod
    def field_of(field: str) -> str:
        """Where a refusal of the engine is shown."""
        return field.replace("_where", "_dimension_1")

    def _where(self, side: str) -> Conditions:
        found = []
        for row in ROWS:
            dimension, member = (self.cleaned_data[f"{side}_{part}_{row}"] for part in ("dimension", "member"))
            if dimension and not member:
                self.add_error(f"{side}_member_{row}", _("Say which one; “unknown” for those without any."))
            elif member and not dimension:
                self.add_error(f"{side}_dimension_{row}", _("Say what it is."))
            elif dimension:
                found.append((dimension, member))
        return tuple(found)


def _initial(instance: MetricDefinition | None) -> dict[str, Any]:
    if instance is None:
        return {"top": "won_money"}
    names = ("name", "meaning", "better", "top", "bottom", "shown_as", "operator", "dimensions")
    found = {name: getattr(instance, name) for name in names}
    for side, pairs in (("top", instance.top_where), ("bottom", instance.bottom_where)):
        for row, (dimension, member) in zip(ROWS, pairs, strict=False):
            found |= {f"{side}_dimension_{row}": dimension, f"{side}_member_{row}": member}
    return found


def suggested_members() -> list[tuple[str, str]]:
    """Members that a filter may name, each with what it is a member of; enough to choose from."""
    named: list[tuple[str, Iterable[Any]]] = [
        ("channel", Channel.objects.values_list("name", flat=True)),
        ("campaign", Campaign.objects.values_list("name", flat=True)),
        ("pipeline", Pipeline.objects.values_list("name", flat=True)),
        ("stage", Stage.objects.values_list("name", flat=True)),
        ("lost_reason", LostReason.objects.values_list("name", flat=True)),
        ("product", [sku or name for sku, name in Product.objects.values_list("sku", "name")[:MOST_SUGGESTED]]),
        ("product_family", Product.objects.exclude(family="").values_list("family", flat=True).distinct()),
        *((name, Account.objects.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct())
          for name in ("segment", "industry", "region")),
        ("customer", ["new", "existing"]),
        ("deal_kind", Deal.Kind.values),
        ("forecast_category", ForecastCategory.values),
    ]  # fmt: skip
    return [(str(member), dimension_word(name)) for name, members in named for member in list(members)[:MOST_SUGGESTED]]
