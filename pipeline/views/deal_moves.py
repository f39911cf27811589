"""What happens to a deal: moved along its stages, won, lost, taken up again, given to another rep."""

import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.business_dates import business_date, day_start
from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Company
from pipeline.actions.deals import assign_deal
from pipeline.actions.outcomes import lose_deal, move_deal, reopen_deal, win_deal
from pipeline.forms.conflicts import Conflict
from pipeline.forms.deals import FIELDS, LoseForm, OwnerForm, StageFieldsForm, WinForm
from pipeline.gates import FieldsMissing, missing_fields
from pipeline.models import Deal, DealEvent, Outcome, Stage
from pipeline.views.deal_edits import DealPage
from pipeline.views.writing import ActionButton, back_to, local_address, sent_version


class DealMoveView(DealPage):
    """The menu "Move to": a button for each stage. Fields that the stage asks for and the deal lacks are asked then."""

    template_name = "pipeline/deal_move.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.menu()

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        stage = self.wanted()
        if stage is None:
            names = ", ".join(stage.name for stage in self.stages())
            return self.menu(status=422, problem=_("stage: possible are %(names)s.") % {"names": names})
        missing = missing_fields(self.record, stage) if stage.pk != self.record.stage_id else []
        if missing and StageFieldsForm.can_ask(missing):
            return self.ask(stage, missing)
        if missing:
            return self.menu(status=422, problem=str(FieldsMissing(stage, missing)), elsewhere=self.elsewhere(missing))
        return self.move(stage, {})

    def elsewhere(self, missing: list[str]) -> list[dict[str, str]]:
        """Where what the menu has no field for is entered."""
        ways = {
            "lines": (_("Add product lines"), reverse("pipeline:deal_lines", args=[self.record.pk])),
            "next_step_on": (
                _("Plan next step"), f"{reverse('pipeline:activity_plan')}?{urlencode({'deal': self.record.pk})}"
            ),
        }  # fmt: skip
        return [{"label": ways[name][0], "url": ways[name][1]} for name in missing if name in ways]

    def ask(self, stage: Stage, missing: list[str]) -> HttpResponse:
        """Ask for what is missing, or move when it was sent along."""
        sent = any(name in self.request.POST for name in missing)
        form = StageFieldsForm(
            self.request.POST if sent else None, user=self.request.user, deal=self.record, asked=missing
        )
        if not sent or not form.is_valid():
            return self.menu(status=422, stage=stage, form=form)
        values = {name: form.cleaned_data[name] for name in FIELDS if name in form.fields}
        return self.move(stage, values, form)

    def move(self, stage: Stage, values: dict[str, Any], form: Form | None = None) -> HttpResponse:
        before, user = self.record.stage, self.request.user
        version = sent_version(self.request)
        try:
            move_deal(deal=self.record, stage=stage, by=user, now=timezone.now(), version=version, **values)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except StaleVersion as stale:
            return self.stale(stage, stale.current)
        except ActionRefused as refusal:
            return self.menu(status=422, problem=str(refusal), stage=stage if form else None, form=form)
        if before.pk != stage.pk:
            undo = f"{self.request.path}?{urlencode({'stage': before.pk, 'next': self.back()})}"
            text = _("“%(name)s” moved to %(stage)s.") % {"name": self.record, "stage": stage}
            messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return redirect(self.back())

    def stale(self, stage: Stage, current: Any) -> HttpResponse:
        """Somebody changed the deal meanwhile: say who and when, show both values, let the user decide."""
        last = DealEvent.objects.select_related("by").order_by("-pk").filter(deal=current).first()
        self.record = current
        conflict = Conflict(_("Stage"), str(current.stage), str(stage))
        return self.menu(status=409, stage=stage, conflicts=[conflict], changed=last)

    def wanted(self) -> Stage | None:
        """The stage that was asked for, among the open ones; in the address when a move is undone."""
        text = self.request.POST.get("stage") or self.request.GET.get("stage", "")
        if not text.isdecimal() or len(text) > 18:
            return None
        return next((stage for stage in self.stages() if stage.pk == int(text)), None)

    def stages(self) -> list[Stage]:
        rows = Stage.objects.visible_to(self.request.user).filter(outcome=Outcome.OPEN)
        return list(rows.filter(pipeline=self.record.pipeline_id).order_by("position", "pk"))

    def back(self) -> str:
        """Where the menu was opened: the deal, or a board; by default the board of its pipeline."""
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        board = f"{reverse('pipeline:board')}?{urlencode({'pipeline': self.record.pipeline_id})}"
        return local_address(self.request, asked) or board

    def menu(self, *, status: int = 200, **context: Any) -> HttpResponse:
        title = _("Move “%(name)s”") % {"name": self.record}
        if context.get("stage"):
            title = _("Move “%(name)s” to %(stage)s") % {"name": self.record, "stage": context["stage"]}
        closed = self.record.outcome != Outcome.OPEN
        context = {
            "title": title,
            "record": self.record,
            "stages": [] if closed else self.stages(),
            "next": self.back(),
            "now": timezone.now(),
            "conflicts": None,
            **context,
        }
        return render(self.request, self.template_name, context, status=status)


class ClosePage(DealPage):
    """Winning or losing a deal."""

    template_name = "pipeline/deal_close.html"
    outcome: str

    def asked(self) -> list[str]:
        """Fields that the closing stage asks for and the deal lacks; none where there is no such stage yet."""
        stages = Stage.objects.filter(pipeline=self.record.pipeline_id, outcome=self.outcome)
        stage = stages.order_by("position", "pk").first()
        return missing_fields(self.record, stage) if stage else []

    def today(self) -> datetime.date:
        return business_date(timezone.now(), Company.current().zone)

    def closed_at(self, day: datetime.date, now: datetime.datetime) -> datetime.datetime:
        """The instant for a day: now for today, else its beginning, or the opening where that was on the same day."""
        zone = Company.current().zone
        if day == business_date(now, zone):
            return now
        opened = self.record.opened_at
        starts = day_start(day, zone)
        return opened if opened and business_date(opened, zone) == day else starts

    def closing(self, form: Form) -> dict[str, Any]:
        """What winning and losing tell their actions alike."""
        now = timezone.now()
        return {
            "deal": self.record,
            "by": self.request.user,
            "now": now,
            "closed_at": self.closed_at(form.cleaned_data["closed_on"], now),
            "version": form.cleaned_data["version"],
        }

    def said(self, text: str, deal: Deal) -> HttpResponse:
        undo = reverse("pipeline:deal_reopen", args=[deal.pk])
        messages.success(self.request, text, extra_tags=f"undo:{undo}")
        return redirect(self.back())

    def back(self) -> str:
        """Where the form was opened: a board, else the deal."""
        return local_address(self.request, self.request.GET.get("next", "")) or self.record.get_absolute_url()


class DealWinView(ClosePage):
    """Winning. Its buttons for credits and lines lead there and back, with what was typed in the address."""

    outcome = Outcome.WON
    parts: ClassVar = {"credits": "pipeline:deal_credits", "lines": "pipeline:deal_lines"}
    as_saved: Form | None = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page = self.parts.get(request.POST.get("first", ""))
        if page is None:
            return super().post(request, **kwargs)
        typed = {name: request.POST.get(name, "") for name in self.typed_names(self.form())}
        here = f"{request.path}?{urlencode(typed | {'next': self.back()})}"
        return redirect(f"{reverse(page, args=[self.record.pk])}?{urlencode({'next': here})}")

    @staticmethod
    def typed_names(form: Form) -> list[str]:
        return [field.name for field in form.visible_fields()]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form()
        typed = {name: request.GET[name] for name in self.typed_names(form) if name in request.GET}
        if not typed:
            return self.show(form)
        self.as_saved, form = form, self.form()
        form.initial |= typed
        return self.show(form)

    def seen(self, form: Form) -> str:
        """What is saved, also while the form shows again what was typed before the credits or lines were opened."""
        return super().seen(self.as_saved or form)

    def form(self, data: Any = None) -> Form:
        return WinForm(data, deal=self.record, today=self.today(), user=self.request.user, asked=self.asked())

    def act(self, form: WinForm) -> Deal:  # type: ignore[override]
        return win_deal(amount=form.cleaned_data["amount"], **form.filled(), **self.closing(form))

    def done(self, result: Deal) -> HttpResponse:
        return self.said(_("“%(name)s” won.") % {"name": result}, result)

    def page(self, form: Form) -> dict[str, Any]:
        credits = list(self.record.credits.select_related("rep").order_by("-share", "pk"))
        title = _("Mark “%(name)s” won") % {"name": self.record}
        lines = self.record.lines.count()
        return {
            "title": title,
            "verb": _("Mark won"),
            "icon": "trophy",
            "credits": credits,
            "lines": lines,
            "wins": True,
            "cancel_url": self.back(),
        }


class DealLoseView(ClosePage):
    outcome = Outcome.LOST

    def form(self, data: Any = None) -> Form:
        return LoseForm(data, deal=self.record, today=self.today(), user=self.request.user, asked=self.asked())

    def act(self, form: LoseForm) -> Deal:  # type: ignore[override]
        values = {key: form.cleaned_data[key] for key in ("reason", "competitor")}
        return lose_deal(**values, **form.filled(), **self.closing(form))

    def done(self, result: Deal) -> HttpResponse:
        return self.said(_("“%(name)s” lost: %(reason)s.") % {"name": result, "reason": result.lost_reason}, result)

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Mark “%(name)s” lost") % {"name": self.record}
        return {"title": title, "verb": _("Mark lost"), "icon": "circle-x", "cancel_url": self.back()}


class DealReopenView(ActionButton):
    def records(self) -> Any:
        return Deal.objects.visible_to(self.request.user)

    def act(self, record: Deal) -> Deal:
        return reopen_deal(deal=record, by=self.request.user, now=timezone.now(), version=sent_version(self.request))

    def done(self, record: Deal, result: Deal) -> HttpResponse:
        text = _("“%(name)s” is open again, in %(stage)s.") % {"name": result, "stage": result.stage}
        messages.success(self.request, text)
        return back_to(self.request, default=result.get_absolute_url())


class DealAssignView(DealPage):
    def form(self, data: Any = None) -> Form:
        return OwnerForm(data, deal=self.record, user=self.request.user)

    def act(self, form: Form) -> Deal:
        return assign_deal(deal=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def done(self, result: Deal) -> HttpResponse:
        messages.success(self.request, _("%(owner)s has the deal now.") % {"owner": result.owner})
        in_sight = self.records().filter(pk=result.pk).exists()
        return redirect(result if in_sight else reverse("pipeline:board"))

    def page(self, form: Form) -> dict[str, Any]:
        title = _("Give “%(name)s” to another rep") % {"name": self.record}
        url = self.record.get_absolute_url()
        return {"title": title, "verb": _("Assign"), "icon": "user-share", "cancel_url": url}
