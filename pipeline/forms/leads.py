from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Company, Contact, Rep, Team
from accounts.models.team import managed_team_ids
from accounts.roles import Role
from pipeline.duplicates import Duplicates, Typed, find_duplicates
from pipeline.forms.amounts import AmountField
from pipeline.forms.picks import DayField, NamedRecordField, VersionField
from pipeline.models import Campaign, Channel, Lead, Outcome, RoutingRule, Stage

REASONS = (
    ("no need", _("No need")),
    ("no budget", _("No budget")),
    ("no reply", _("No reply")),
    ("wrong contact", _("Wrong contact")),
    ("competitor", _("Competitor")),
    ("duplicate", _("Duplicate")),
    ("spam", _("Spam")),
    ("test", _("Test")),
    ("other", _("Other")),
)


class LeadForm(forms.ModelForm):
    """What is known of a lead. Whose it is, is decided when it is created and by assigning."""

    version = VersionField()

    class Meta:
        model = Lead
        fields = ("name", "company", "email", "phone", "region", "channel", "campaign", "score")
        widgets: ClassVar[dict[str, Any]] = {"phone": forms.TelInput}

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["channel"].queryset = Channel.objects.visible_to(user).order_by("name")
        self.fields["campaign"].queryset = Campaign.objects.visible_to(user).order_by("name")
        self.fields["channel"].empty_label = self.fields["campaign"].empty_label = _("Not known")
        self.fields["score"].help_text = _("0 to 100; the inbox shows the highest first.")
        self.fields["score"].widget.attrs["max"] = 100
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]

    def clean_score(self) -> int | None:
        score = self.cleaned_data["score"]
        if score is not None and score > 100:
            raise forms.ValidationError(_("A score is a number from 0 to 100."))
        return score

    def duplicates(self) -> Duplicates:
        """Records that look like what was typed."""
        data = getattr(self, "cleaned_data", {})
        typed = Typed(**{key: str(data.get(key) or "") for key in ("name", "company", "email", "phone")})
        return find_duplicates(typed, user=self.user, leave_out=self.instance if self.instance.pk else None)


class NewLeadForm(LeadForm):
    """A new lead: a rep takes it or leaves it to his team's queue, a manager gives it to a rep or to a team's queue."""

    QUEUE, RULES = "queue", "rules"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rep: Rep | None = getattr(self.user, "rep", None)
        self.own_rep = rep
        has_rules = self.has_rules = RoutingRule.objects.exists()
        if self.user.role == Role.REP:
            choices = [("me", _("Me"))]
            if has_rules:
                choices.append((self.RULES, _("Whoever’s turn it is")))
            if rep and rep.team_id:
                choices.append((self.QUEUE, _("The queue of %(team)s") % {"team": rep.team}))
            self.fields["whose"] = forms.ChoiceField(
                label=_("Who works it"), choices=choices, widget=forms.RadioSelect, initial="me"
            )
            return
        reps = Rep.objects.visible_to(self.user).filter(left_on=None).order_by("name", "pk")
        self.fields["owner"] = forms.ModelChoiceField(
            reps,
            label=_("Owner"),
            required=False,
            initial=rep,
            empty_label=_("Whoever’s turn it is, or a team's queue") if has_rules else _("Nobody yet: a team's queue"),
        )
        teams = Team.objects.visible_to(self.user).order_by("name")
        if self.user.role == Role.MANAGER:
            teams = teams.filter(pk__in=managed_team_ids(self.user))
        self.fields["team"] = forms.ModelChoiceField(teams, label=_("Queue"), required=False, empty_label=_("None"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        whose = data.pop("whose", None)
        if whose:
            data["owner"] = self.own_rep if whose == "me" else None
            data["team"] = self.own_rep.team if self.own_rep and whose != self.RULES else None
        nobodys = data.get("owner") is None and data.get("team") is None
        if nobodys and not self.errors and not (self.has_rules and whose in (None, self.RULES)):
            self.add_error("owner" if "owner" in self.fields else None, _("Say who works it: a rep or a team's queue."))
        return data


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(Rep.objects.none(), label=_("Owner"))
    version = VersionField()

    def __init__(self, *args: Any, user: Any, lead: Lead, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = (
            Rep.objects.visible_to(user).filter(left_on=None).exclude(pk=lead.owner_id).order_by("name", "pk")
        )
        self.fields["version"].initial = lead.version


class DisqualifyForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In your words"), max_length=200, required=False)
    version = VersionField()

    def __init__(self, *args: Any, lead: Lead, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].initial = lead.version
        self.fields["words"].help_text = _("Needed for “Other”. Duplicates, spam and tests leave every rate.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == "other":
            if data.get("words"):
                data["reason"] = data["words"]
            else:
                self.add_error("words", _("Say in a few words why."))
        return data


class ConvertForm(forms.Form):
    """Lead into account, contact and deal. Candidates are offered; a new record is made where none is picked."""

    NEW, OTHER = "new", "other"

    account = forms.ChoiceField(label=_("Account"), widget=forms.RadioSelect)
    other_account = NamedRecordField(label=_("Another account"), kind="account", required=False)
    contact = forms.ChoiceField(label=_("Contact"), widget=forms.RadioSelect)
    deal_name = forms.CharField(label=_("Deal"), max_length=300)
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), empty_label=None)
    amount = AmountField(label=_("Amount"), required=False, min_value=Decimal(0))
    expected_close_on = DayField(label=_("Expected close"), required=False)
    version = VersionField()

    def __init__(
        self, *args: Any, user: Any, lead: Lead, accounts: list[Account], contacts: list[Contact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.by_id = {
            "account": {str(row.pk): row for row in accounts},
            "contact": {str(row.pk): row for row in contacts},
        }
        self.user = user
        new_account = _("New account “%(name)s”") % {"name": lead.company or lead.name}
        self.fields["account"].choices = [
            *((pk, _words(row.name, row.domain)) for pk, row in self.by_id["account"].items()),
            (self.NEW, new_account),
            (self.OTHER, _("Another one")),
        ]
        self.fields["account"].initial = next(iter(self.by_id["account"]), self.NEW)
        self.fields["other_account"].rows = Account.objects.visible_to(user)
        self.fields["contact"].choices = [
            *((pk, _words(row.name, row.account.name, row.email)) for pk, row in self.by_id["contact"].items()),
            (self.NEW, _("New contact “%(name)s”") % {"name": lead.name}),
        ]
        self.fields["contact"].initial = next(iter(self.by_id["contact"]), self.NEW)
        stages = Stage.objects.visible_to(user).filter(outcome=Outcome.OPEN)
        self.fields["stage"].queryset = stages.select_related("pipeline").order_by("pipeline__position", "position")
        self.fields["stage"].required = stages.exists()
        self.fields["deal_name"].initial = lead.company or lead.name
        self.fields["amount"].label = _("Amount, %(currency)s") % {"currency": Company.current().base_currency}
        self.fields["version"].initial = lead.version

    def clean(self) -> dict[str, Any]:
        """``account`` and ``contact`` become records, None for a new one."""
        data = super().clean() or {}
        if "account" not in data or "contact" not in data:
            return data
        picked = data["account"]
        data["account"] = data.get("other_account") if picked == self.OTHER else self.by_id["account"].get(picked)
        if picked == self.OTHER and data["account"] is None and "other_account" not in self.errors:
            self.add_error("other_account", _("Type the account's name."))
        data["contact"] = self.by_id["contact"].get(data["contact"])
        if data["contact"] and data["contact"].account_id != getattr(data["account"], "pk", None):
            name = data["contact"].account.name
            self.add_error(
                "contact", _("This contact is at %(name)s. Pick that account or a new contact.") % {"name": name}
            )
        return data


def _words(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
