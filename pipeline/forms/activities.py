import datetime
import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Rep
from pipeline.forms.picks import DayField, MomentField, VersionField
from pipeline.models import Activity, Deal, Lead
from pipeline.next_steps import NEXT_KIND, due_choices, due_day, due_instant

Kind, Result = Activity.Kind, Activity.Result

DONE_KINDS = (Kind.CALL, Kind.EMAIL, Kind.MEETING, Kind.DEMO, Kind.PROPOSAL, Kind.NOTE)
PLANNED_KINDS = (Kind.CALL, Kind.EMAIL, Kind.MEETING, Kind.DEMO, Kind.TASK)
OUTCOMES = {
    Kind.CALL: (Result.SPOKE, Result.VOICEMAIL, Result.NO_ANSWER, Result.MEETING_SET),
    Kind.EMAIL: (Result.REPLIED, Result.BOUNCED, Result.MEETING_SET),
    Kind.MEETING: (Result.HELD, Result.NO_SHOW),
    Kind.DEMO: (Result.HELD, Result.NO_SHOW),
}
"""The results that a kind can have; the other kinds have none."""

RECORDS = {"deal": Deal, "lead": Lead, "account": Account, "contact": Contact}
"""What an activity can be about."""

_UNSEEN = _("There is nothing here: the record does not exist, or it is outside what you may see.")


class AboutForm(forms.Form):
    """An activity about records that its user sees. Whatever else is named is refused like what does not exist."""

    deal = forms.ModelChoiceField(Deal.objects.none(), required=False, widget=forms.HiddenInput)
    lead = forms.ModelChoiceField(Lead.objects.none(), required=False, widget=forms.HiddenInput)
    account = forms.ModelChoiceField(Account.objects.none(), required=False, widget=forms.HiddenInput)
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False, widget=forms.HiddenInput)
    about = forms.ChoiceField(label=_("About"), required=False)
    owner = forms.ModelChoiceField(Rep.objects.none(), label=_("Who did it"))

    def __init__(
        self, *args: Any, user: Any, zone: ZoneInfo, today: datetime.date, about: dict[str, Any] | None = None,
        recent: list[tuple[str, str]] | None = None, people: list[Contact] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.zone, self.today = zone, today
        for name, model in RECORDS.items():
            self.fields[name].queryset = model.objects.visible_to(user)
            self.fields[name].error_messages["invalid_choice"] = _UNSEEN
            self.fields[name].initial = (about or {}).get(name)
        if people:
            self.fields["contact"].widget = forms.Select(choices=[("", _("Nobody")), *((c.pk, c.name) for c in people)])
            self.fields["contact"].label = _("With")
        if about or not recent:
            del self.fields["about"]
        else:
            self.fields["about"].choices = [("", _("No record")), *recent]
        self.rep: Rep | None = getattr(user, "rep", None)
        if self.rep is not None:
            del self.fields["owner"]
        else:
            self.fields["owner"].queryset = Rep.objects.visible_to(user).filter(left_on=None).order_by("name", "pk")

    def records(self) -> dict[str, Any]:
        """Whose activity it is and what it is about, for the action."""
        data = self.cleaned_data
        found = {name: data[name] for name in RECORDS if data.get(name)}
        kind, _colon, pk = data.get("about", "").partition(":")
        if kind in RECORDS:
            found[kind] = self.fields[kind].queryset.get(pk=int(pk))
        if "account" not in found and "contact" in found:
            found["account"] = found["contact"].account
        return {**found, "owner": self.rep or data["owner"]}


class SentForm(forms.Form):
    """A form that may be sent once more, or later than it was filled in, when there was no connection."""

    sent_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    today: datetime.date
    filled_at = MomentField(required=False, widget=forms.HiddenInput)

    def filled_before(self, now: datetime.datetime) -> datetime.datetime | None:
        """When it was filled in; None: now, also where the sender's clock is fast."""
        filled = self.cleaned_data.get("filled_at")
        return filled if filled and filled <= now else None

    def filled_on(self, zone: ZoneInfo) -> datetime.date | None:
        """The company's day on which it was filled in; None: today."""
        filled = self.cleaned_data.get("filled_at")
        return min(self.today, filled.astimezone(zone).date()) if filled else None


class OutcomeForm(forms.Form):
    """How it went, and what comes next. The outcome is a button that saves; without one the activity has none."""

    body = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    then = forms.ChoiceField(label=_("Next step"), required=False, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(choices=Result.choices, required=False, widget=forms.HiddenInput)
    done_at = MomentField(label=_("When"), required=False)
    today: datetime.date
    zone: ZoneInfo

    def offer_next(self) -> None:
        self.fields["then"].choices = [*due_choices(self.today), ("", _("None"))]
        self.fields["then"].initial = ""

    def outcomes(self) -> list[dict[str, Any]]:
        """The outcome buttons by kind."""
        return [
            {"kind": kind, "results": [(result.value, result.label) for result in results]}
            for kind, results in OUTCOMES.items()
        ]

    def check_outcome(self, kind: str) -> None:
        outcome = self.cleaned_data.get("outcome")
        possible = OUTCOMES.get(kind, ())
        if outcome and outcome not in possible:
            names = ", ".join(str(result.label) for result in possible) or _("none")
            self.add_error(
                "outcome", _("This kind of activity can't end so. Possible are: %(names)s.") % {"names": names}
            )

    def next_step(self, kind: str) -> dict[str, Any] | None:
        """What to plan with it; None for nothing."""
        word = self.cleaned_data.get("then")
        if not word:
            return None
        return {"due_at": due_instant(due_day(word, self.today), self.zone), "kind": NEXT_KIND.get(kind, kind)}


class LogForm(SentForm, OutcomeForm, AboutForm):
    """Something that was done."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in DONE_KINDS], widget=forms.RadioSelect
    )
    duration_minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=1440)
    incoming = forms.BooleanField(label=_("They called or wrote"), required=False)

    def __init__(self, *args: Any, last_kind: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].initial = last_kind if last_kind in DONE_KINDS else Kind.CALL
        if options.get("about"):
            self.fields["body"].widget.attrs["data-type-here"] = True
        self.offer_next()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_outcome(data.get("kind", ""))
        self.today = self.filled_on(self.zone) or self.today
        return data

    def values(self, now: datetime.datetime) -> dict[str, Any]:
        """Everything for the action but its user and clock. It was done when it was filled in, unless it says when."""
        data = self.cleaned_data
        values = {key: data[key] for key in ("kind", "body", "outcome", "done_at", "duration_minutes", "sent_key")}
        values["done_at"] = values["done_at"] or self.filled_before(now)
        if data["kind"] in (Kind.CALL, Kind.EMAIL):
            values["direction"] = Activity.Direction.IN if data["incoming"] else Activity.Direction.OUT
        return {**values, **self.records(), "next_step": self.next_step(data["kind"])}


class PlanForm(AboutForm):
    """Something to do."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in PLANNED_KINDS], widget=forms.RadioSelect,
        initial=Kind.CALL,
    )  # fmt: skip
    subject = forms.CharField(label=_("What"), max_length=300, required=False)
    due = forms.ChoiceField(label=_("When"), widget=forms.RadioSelect, initial="tomorrow")
    due_on = DayField(label=_("Day"), required=False)
    due_time = forms.TimeField(label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due"].choices = [("today", _("Today")), *due_choices(self.today), ("date", _("On a day"))]
        if "owner" in self.fields:
            self.fields["owner"].label = _("Who does it")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("due") == "date" and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Pick the day."))
        return data

    def values(self) -> dict[str, Any]:
        """Everything for the action but its user and clock."""
        data = self.cleaned_data
        day = data["due_on"] if data["due"] == "date" else due_day(data["due"], self.today)
        due_at = due_instant(day, self.zone)
        if data.get("due_time"):
            due_at = datetime.datetime.combine(day, data["due_time"], self.zone)
        return {"kind": data["kind"], "subject": data["subject"], "due_at": due_at, **self.records()}


class CompleteForm(OutcomeForm):
    """A next step that is done now."""

    version = VersionField()

    def __init__(self, *args: Any, activity: Activity, zone: ZoneInfo, today: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.activity, self.zone, self.today = activity, zone, today
        self.fields["version"].initial = activity.version
        self.offer_next()

    def outcomes(self) -> list[dict[str, Any]]:
        return [group for group in super().outcomes() if group["kind"] == self.activity.kind]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_outcome(self.activity.kind)
        return data

    def values(self) -> dict[str, Any]:
        """Everything for the action but its user and clock."""
        data = {key: self.cleaned_data[key] for key in ("body", "outcome", "done_at", "version")}
        return {**data, "next_step": self.next_step(self.activity.kind)}


class ActivityForm(forms.ModelForm):
    """All of an activity. Whose it is and what it is about stay."""

    due_at = MomentField(label=_("Due at"), required=False)
    done_at = MomentField(label=_("Done at"), required=False)
    version = VersionField()

    class Meta:
        model = Activity
        fields = ("kind", "subject", "body", "due_at", "done_at", "duration_minutes", "direction", "outcome")
        widgets: ClassVar[dict[str, Any]] = {"body": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("due_at", "done_at"):
            before, typed = self.initial.get(name), data.get(name)
            if before and typed and typed - before.replace(second=0, microsecond=0) == datetime.timedelta():
                data[name] = before  # the browser's picker knows minutes only
        return data
