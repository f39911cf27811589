"""A plan as text, the day from which it holds, the numbers of its worked example, and the months of the plan lab."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.incentives.documents import terms_of
from metrics.incentives.findings import REFUSE, Finding, PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.linting import lint
from metrics.incentives.places import line_of
from metrics.incentives.plan_file import LARGEST, parse_document
from metrics.incentives.terms import Terms
from metrics.periods import Period

MOST = Decimal(10) ** 12
MOST_MONTHS = 24


def finding_text(finding: Finding, text: str) -> str:
    """A finding in the reader's language, with the line of the text that it is about."""
    line, said = line_of(text, finding.place), finding.said
    return _("Line %(line)s: %(finding)s") % {"line": line, "finding": said} if line else said


class PlanForm(forms.Form):
    """The text of a plan. ``terms`` are what it says, once it is valid."""

    terms: Terms
    text = forms.CharField(
        label=gettext_lazy("Plan, as YAML or JSON"),
        max_length=LARGEST,
        strip=False,
        help_text=gettext_lazy(
            "Kept as a draft, once nothing is wrong with it; a second admin approves it. Remarks (#) are not kept."
        ),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "font-monospace"}),
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        try:
            self.terms = terms_of(parse_document(text))
            found = [one for one in lint(self.terms, known_names()) if one.level == REFUSE]
        except PlanRefused as refusal:
            found = refusal.findings
        if found:
            raise forms.ValidationError([finding_text(one, text) for one in found])
        return text


class PublishForm(forms.Form):
    """The day from which a version holds."""

    day = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Statements of earlier periods that are not approved are calculated by it as well."),
    )


class ExampleForm(forms.Form):
    """What the worked example is about."""

    amount = forms.DecimalField(label=gettext_lazy("This deal"), min_value=-MOST, max_value=MOST, decimal_places=2)
    so_far = forms.DecimalField(label=gettext_lazy("Won before"), min_value=-MOST, max_value=MOST, decimal_places=2)
    target = forms.DecimalField(label=gettext_lazy("Target"), min_value=0, max_value=MOST, decimal_places=2)


class LabForm(forms.Form):
    """The first and the last month that a draft is tried on."""

    first = forms.CharField(label=gettext_lazy("From"), max_length=20)
    last = forms.CharField(label=gettext_lazy("To"), max_length=20)
    large = forms.DecimalField(
        label=gettext_lazy("One large deal"), required=False, min_value=0, max_value=MOST, decimal_places=2,
        help_text=gettext_lazy("What it would add to everybody’s pay. Empty: as large as the largest that was won."),
    )  # fmt: skip

    def __init__(self, *args: Any, read: Any, today: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.read, self.today = read, today

    def _month(self, name: str) -> Period:
        return self.read(self.cleaned_data[name])

    def clean_first(self) -> Period:
        return self._month("first")

    def clean_last(self) -> Period:
        return self._month("last")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last.last_day < first.start:
            self.add_error("last", _("Lies before the first month."))
        elif first and last and (last.end - first.start).days > MOST_MONTHS * 31:
            self.add_error("last", _("At most %s months are tried at once.") % MOST_MONTHS)
        return cleaned
