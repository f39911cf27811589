"""Survey answers and invitations: for admins."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.keyset import Sort
from accounts.views.listing import Column, Filter
from accounts.views.setting_pages import SettingDeletePage, SettingPage
from metrics.actions.surveys import change_survey, create_survey, delete_survey
from metrics.forms.facts import SurveyForm
from metrics.models import SurveyResponse
from metrics.views.setting_lists import Cells, FactList, Head

HOME = "metrics:survey_list"
HOME_LABEL = gettext_lazy("Surveys")


class SurveyListView(FactList):
    kind = "surveys"
    title = HOME_LABEL
    lede = gettext_lazy(
        "What customers answered, and who was asked and did not. Reps see figures of at least five answers, never who "
        "gave which."
    )
    heads = (
        Head(gettext_lazy("Who was asked")),
        Head(gettext_lazy("Survey")),
        Head(gettext_lazy("Invited")),
        Head(gettext_lazy("Answered")),
        Head(gettext_lazy("Score"), is_num=True),
    )
    create_name, edit_name = "metrics:survey_create", "metrics:survey_edit"
    new_label = gettext_lazy("New answer")
    icon = "message-2"
    empty_title = gettext_lazy("No answers yet")
    empty_text = gettext_lazy("Import what your survey tool exports, or enter answers one by one.")
    sorts: ClassVar = {
        "new": (gettext_lazy("newest answer"), Sort("answered_on", down=True)),
        "low": (gettext_lazy("lowest score"), Sort("score")),
        "invited": (gettext_lazy("newest invitation"), Sort("invited_on", down=True)),
    }
    columns: ClassVar = [
        Column("account", lambda row: str(row.account or "")),
        Column("contact", lambda row: str(row.contact or "")),
        Column("kind", lambda row: row.kind),
        Column("score", lambda row: "" if row.score is None else row.score),
        Column("at", lambda row: row.at.isoformat() if row.at else ""),
        Column("invited_on", lambda row: row.invited_on or ""),
        Column("touchpoint", lambda row: row.touchpoint),
        Column("external_id", lambda row: row.external_id or ""),
    ]

    def filters(self) -> list[Filter]:
        kinds = [(one.value, one.value.upper()) for one in SurveyResponse.Kind]
        answered = [("", _("any")), ("yes", _("Answered")), ("no", _("Not answered"))]
        return [
            Filter("q", _("Account"), is_text=True),
            Filter("kind", _("Survey"), [("", _("any")), *kinds]),
            Filter("answered", _("Answered"), answered),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[SurveyResponse]:
        rows = SurveyResponse.objects.visible_to(self.request.user).select_related("account", "contact")
        if chosen["q"]:
            rows = rows.filter(account__name__icontains=chosen["q"])
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        if chosen["answered"]:
            rows = rows.filter(score__isnull=chosen["answered"] == "no")
        return rows

    def cells(self, row: SurveyResponse) -> Cells:
        name = str(row.account or _("Nobody known"))
        survey = row.kind.upper() + (f" · {row.touchpoint}" if row.touchpoint else "")
        days = [formats.full_day(day) if day else "" for day in (row.invited_on, row.answered_on)]
        score = "" if row.score is None else formats.number(row.score)
        return Cells(name, [survey, *days, score], sub=str(row.contact or ""))

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s asked", "%s asked", total) % (formats.number(total) + ("" if is_all else "+"))


class SurveyPage(SettingPage):
    model = SurveyResponse
    form_class = SurveyForm
    home, home_label = HOME, HOME_LABEL
    new_title = gettext_lazy("New answer")
    delete_name = "metrics:survey_delete"

    def records(self) -> Any:
        return SurveyResponse.objects.visible_to(self.request.user) if "pk" in self.kwargs else None

    def create(self, form: Form) -> SurveyResponse:
        return create_survey(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> SurveyResponse:
        return change_survey(survey=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class SurveyDeleteView(SettingDeletePage):
    model = SurveyResponse
    home, home_label = HOME, HOME_LABEL

    def act(self, form: Form) -> None:
        delete_survey(survey=self.record, by=self.request.user, now=timezone.now())
