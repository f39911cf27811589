"""A plan in fields: one form of all that is typed, with findings at their fields, and its components as cards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext as _

from metrics.forms.plan_choices import PlanChoices
from metrics.forms.plan_look import Look
from metrics.forms.typed_plan import FILTERED, STEP, TO, TOP, WHERE, TypedComponent, TypedPlan
from metrics.incentives.findings import REFUSE, Finding
from metrics.incentives.terms import Terms
from metrics.pay.plan_labels import LABELS, PICKS, PickWords, label_of
from metrics.pay.statement_rows import kind_word

DAYS = ("from", "to")
REQUIRED = (
    "name", "currency", "statement_every", "accumulate", "every", "threshold.pays_from", "threshold.by", "threshold.at",
    "of_team", "basis", "paid", "rate", "metric", "level", "pays", "per_deal", "amount", "tiers.by", "tiers.of",
    "tiers.mode", "side", "split", "recoverable", "step.from", "step.rate",
)  # fmt: skip


@dataclass
class Several:
    """A field of which several may be chosen. ``list_id``: where there are too many to show, their suggestions."""

    field: BoundField
    list_id: str = ""


@dataclass
class Card:
    """A component: its fields by key (with _ for the point), its steps, its filters."""

    place: int
    number: int
    kind: str
    word: str
    name: str
    fields: dict[str, BoundField] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    filters: list[Several] = field(default_factory=list)

    @property
    def is_filtered(self) -> bool:
        return any(one.field.value() or one.field.errors for one in self.filters)

    @property
    def presses(self) -> dict[str, str]:
        """What its buttons send."""
        return {verb: f"{verb}:{self.place}" for verb in ("up", "down", "remove", "step")}


class PlanFieldsForm(forms.Form):
    """What is typed, bound. ``eager`` shows also what is only missing yet; ``focus``: where the next look belongs."""

    def __init__(
        self, typed: TypedPlan, choices: PlanChoices, look: Look, *, eager: bool = True, focus: str = ""
    ) -> None:
        super().__init__(typed.data(), use_required_attribute=False)
        self.typed, self.choices, self.look, self.eager, self.focus = typed, choices, look, eager, focus
        self.missing = 0
        for key in TOP:
            self._add(key, key)
        for key in TO:
            self._add_several(f"applies_to.{key}", key, typed.lists.get(key, []))
        self.cards = [self._card(place, one) for place, one in enumerate(typed.components)]
        self.to = [self._several(f"applies_to.{key}", key) for key in TO]
        for name, found in look.at.items():
            warned = [one.sentence for one in found if one.level != REFUSE]
            if warned and name in self.fields:
                self.fields[name].warnings = warned  # type: ignore[attr-defined]
        self._focus_on(focus)

    @property
    def terms(self) -> Terms:
        """What the fields say, once the form is valid."""
        assert self.look.terms is not None  # noqa: S101, an invalid form is not asked
        return self.look.terms

    def full_clean(self) -> None:
        """The findings are the errors: fields of a plan depend on one another."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        self.missing = 0
        for name, found in self.look.at.items():
            for one in self._shown(found, "".join(self.data.getlist(name))):
                self.add_error(name if name in self.fields else None, one.sentence)
        for one in self._shown(self.look.others, self.cards):
            self.add_error(None, one.sentence)
        wrong = next((name for name in self.fields if name in self._errors), "")
        if self.eager and not self.focus and wrong:
            self._focus_on(wrong)

    def _focus_on(self, name: str) -> None:
        if name in self.fields and not isinstance(self.fields[name].widget, forms.RadioSelect):
            self.fields[name].widget.attrs["autofocus"] = True

    def _shown(self, found: Iterable[Finding], there: Any) -> list[Finding]:
        refused = [one for one in found if one.level == REFUSE]
        if self.eager or there:
            return refused
        self.missing += len(refused)
        return []

    def is_valid(self) -> bool:
        return super().is_valid() and self.look.terms is not None

    def _add(self, name: str, key: str, label: str | None = None) -> None:
        required = key in REQUIRED
        label, hint = label or label_of(key), LABELS[key].hint() if key in LABELS else ""
        made: forms.Field
        if key in PICKS:
            made = forms.ChoiceField(choices=self._kept(PICKS[key], name), widget=forms.RadioSelect)
        elif key in ("metric", "tiers.of", "threshold.of"):
            made = forms.ChoiceField(choices=self._metrics(name, key))
        elif key == "of_team":
            made = forms.ChoiceField(choices=[("", "–"), *self._unlisted("teams", [self._value(name)])])
        else:
            attrs = {"type": "date"} if key in DAYS else {"autocomplete": "off"}
            if key not in ("name", "currency", *DAYS):
                attrs["inputmode"] = "decimal"
            made = forms.CharField(widget=forms.TextInput(attrs=attrs))
        made.label, made.help_text, made.required = label, hint, required
        self.fields[name] = made

    def _value(self, name: str) -> str:
        return str(self.data.get(name, ""))

    def _kept(self, words: PickWords, name: str) -> list[tuple[str, Any]]:
        """The choices, with what is there though it is none."""
        choices, value = [(key, word()) for key, word in words], self._value(name)
        return choices if value in dict(choices) or not value else [*choices, (value, value)]

    def _metrics(self, name: str, key: str) -> list[Any]:
        value = self._value(name)
        first = _("that of the steps") if key == "threshold.of" else "–"
        there = any(value == slug for _group, found in self.choices.metrics for slug, _name in found)
        return [("", first), *([] if there or not value else [(value, value)]), *self.choices.metrics]

    def _unlisted(self, key: str, chosen: Iterable[str]) -> list[tuple[str, str]]:
        """The choices, with what is chosen though it is not among them."""
        names = self.choices.names[key]
        return [*((one, one) for one in chosen if one and one not in names), *names.items()]

    def _add_several(self, name: str, key: str, chosen: list[str]) -> None:
        names = self.choices.names[key]
        choices = [(one, names.get(one, one)) for one in chosen]
        if not self.choices.is_long(key):
            rest = [(one, label) for one, label in names.items() if one not in chosen]
            in_order = [one for one in names if one in chosen] == chosen
            choices = list(names.items()) if in_order else [*choices, *rest]
        self.fields[name] = forms.MultipleChoiceField(
            label=label_of(key), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )

    def _several(self, name: str, key: str) -> Several:
        return Several(self[name], f"names-{key}" if self.choices.is_long(key) else "")

    def _card(self, place: int, one: TypedComponent) -> Card:
        word = kind_word(one.kind) or "–"
        card, prefix = Card(place, place + 1, one.kind, word, one.name), f"components[{place}]"
        for key in one.keys[1:]:
            self._add(f"{prefix}.{key}", key, _rate_label() if key == "rate" else None)
            card.fields[key.replace(".", "_")] = self[f"{prefix}.{key}"]
        for key in WHERE if one.kind in FILTERED else ():
            self._add_several(f"{prefix}.{key}", key.partition(".")[2], one.lists.get(key, []))
            card.filters.append(self._several(f"{prefix}.{key}", key.partition(".")[2]))
        for number in range(len(one.steps)):
            names = {key: f"{prefix}.tiers.steps[{number}].{key}" for key in STEP}
            words = {"number": number + 1}
            self._add(names["from"], "step.from", _("Step %(number)s, from") % words)
            self._add(names["rate"], "step.rate", _("Step %(number)s, rate") % words)
            card.steps.append({"number": number + 1, "start": self[names["from"]], "rate": self[names["rate"]]})
        return card


def _rate_label() -> str:
    return format_html(
        '{} <span class="st-of-money">{}</span><span class="st-of-units">{}</span>', _("Rate"), _("in percent"),
        _("in money a unit"),
    )  # fmt: skip
