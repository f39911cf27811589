"""Writing an incentive plan: in fields or as text, beside it what it pays, and what is wrong where it is wrong."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import ActionRefused
from accounts.models import Company
from accounts.views.form_pages import FormPage
from metrics.actions.plans import add_version
from metrics.forms.opened_documents import Unopened, text_of, typed_of
from metrics.forms.plan_choices import plan_choices
from metrics.forms.plan_fields import PlanFieldsForm
from metrics.forms.plan_look import look_at
from metrics.forms.plan_presses import KINDS, press
from metrics.forms.plans import PlanForm
from metrics.forms.typed_plan import TypedPlan, read_typed
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.known_names import known_names
from metrics.incentives.plan_file import LARGEST, as_stored, dump_document, parse_document
from metrics.models import PlanVersion
from metrics.pay.plan_preview import preview_of_fields, preview_of_text
from metrics.pay.statement_rows import kind_word
from metrics.views.plans import HOME, crumbs, numbers_of, today_of, versions_seen

FIELDS, TEXT = "fields", "text"
BEGINNING = """name: Account executives
currency: {currency}
applies_to: {{roles: [rep]}}
statement_every: month
accumulate: quarter
components:
  - name: Bookings
    kind: commission
    tiers:
      by: amount
      mode: marginal
      steps:
        - {{from: 0, rate: 0.05}}
        - {{from: 100000, rate: 0.08}}
"""

PARTS = (
    (gettext_lazy("Commission"), "  - {name: Commission, kind: commission, basis: amount, rate: 0.05}"),
    (
        gettext_lazy("Tiers by attainment"),
        "  - name: Accelerator\n    kind: commission\n    tiers:\n      by: attainment\n      of: won_revenue\n"
        "      mode: marginal\n      steps:\n        - {from: 0, rate: 0.05}\n        - {from: 1, rate: 0.1}\n"
        "    cap: 50000",
    ),
    (
        gettext_lazy("Bonus"),
        "  - {name: Win rate, kind: bonus, metric: win_rate, at_least: 0.35, pays: 1000, every: quarter, min_n: 5}",
    ),
    (gettext_lazy("SPIFF"), "  - {name: Push, kind: spiff, per_deal: 200, from: 2026-10-01, to: 2026-12-31}"),
    (gettext_lazy("Override"), "  - {name: Team, kind: override, of_team: the-team, basis: amount, rate: 0.01}"),
    (gettext_lazy("Draw"), "  - {name: Guarantee, kind: draw, amount: 2000, recoverable: true}"),
)
"""Components to put into the text, with what their buttons say."""


class PlanPage(FormPage):
    """A new plan, or the next version of the one that the address names; beside it what it says."""

    template_name = "metrics/plan_form.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        looked_at = "check" in request.POST or request.POST.get("do")
        if self.is_in_fields:
            return self.show(self.pressed()) if looked_at else super().post(request, **kwargs)
        if request.POST.get("do") == FIELDS:
            return self.opened()
        if looked_at:
            return self.show(PlanForm(initial={"text": request.POST.get("text", "")}))
        return super().post(request, **kwargs)

    @property
    def is_in_fields(self) -> bool:
        return self.request.POST.get("as") == FIELDS

    def pressed(self) -> Form:
        """The page after a button of the fields, not saved; what is only empty yet is named by the one that checks."""
        typed, button = read_typed(self.request.POST), self.request.POST.get("do", "")
        if button == TEXT:
            return PlanForm(initial={"text": text_of(typed)})
        focus = press(typed, button)
        return fields_form(typed, eager=self.request.POST.get("check") == "1", focus=focus)

    def opened(self) -> HttpResponse:
        """The text in fields; where they can't hold it, the text with what is wrong."""
        text = self.request.POST.get("text", "")
        try:
            return self.show(fields_form(typed_of(parse_document(text.replace("\r\n", "\n"))), eager=False))
        except (PlanRefused, Unopened):
            form = PlanForm(self.request.POST)
            if form.is_valid():
                form.add_error("text", _("This is more than fields hold: it stays a text."))
            return self.show(form, status=422)

    def records(self) -> QuerySet[PlanVersion] | None:
        return versions_seen(self.request.user) if "pk" in self.kwargs else None

    def form(self, data: Any = None) -> Form:
        if data is not None:
            return fields_form(read_typed(data)) if self.is_in_fields else PlanForm(data)
        if self.record is None:
            document = parse_document(BEGINNING.format(currency=Company.current().base_currency))
        else:
            document = as_stored(document_of(terms_of(self.record.content)))
        if self.request.GET.get("as") != TEXT:
            try:
                return fields_form(typed_of(document), eager=False)
            except Unopened:
                pass
        return PlanForm(initial={"text": dump_document(document_of(terms_of(document)))})

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Next version of %s") % self.record.plan if self.record else _("New plan")
        cancel = reverse("metrics:plan_detail", args=[self.record.pk]) if self.record else reverse(HOME)
        day, numbers = today_of(Company.current()), numbers_of(self.request.POST)
        if isinstance(form, PlanFieldsForm):
            preview = preview_of_fields(form, numbers, day=day)
        else:
            text = str(form["text"].value() or "").replace("\r\n", "\n")[:LARGEST]
            preview = preview_of_text(text, numbers, day=day)
        return {
            "title": title, "verb": _("Save draft"), "crumbs": crumbs(), "cancel_url": cancel, "preview": preview,
            "view": FIELDS if isinstance(form, PlanFieldsForm) else TEXT,
            "parts": [{"label": label, "text": part} for label, part in PARTS],
            "kinds": [{"press": f"add:{kind}", "word": kind_word(kind)} for kind in KINDS],
        }  # fmt: skip

    def act(self, form: Form) -> PlanVersion:
        try:
            return add_version(terms=form.terms, by=self.request.user, now=timezone.now())  # type: ignore[attr-defined]
        except PlanRefused as refusal:
            raise ActionRefused(str(refusal), "text") from refusal

    def done(self, result: PlanVersion) -> HttpResponse:
        messages.success(self.request, _("%s is kept as a draft. Another admin lets it hold.") % result)
        return redirect("metrics:plan_detail", pk=result.pk)


def fields_form(typed: TypedPlan, *, eager: bool = True, focus: str = "") -> PlanFieldsForm:
    """The form of a typed plan with what there is to say about it. Some twelve queries, however much is typed."""
    return PlanFieldsForm(typed, plan_choices(), look_at(typed, known_names()), eager=eager, focus=focus)
