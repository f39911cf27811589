"""Expenses: for admins."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from accounts.keyset import Sort
from accounts.models import Rep, Team
from accounts.views.listing import Column, Filter
from accounts.views.setting_pages import SettingDeletePage, SettingPage
from metrics.actions.expenses import change_expense, create_expense, delete_expense
from metrics.forms.facts import ExpenseForm
from metrics.models import Expense
from metrics.views.setting_lists import Cells, FactList, Head

HOME = "metrics:expense_list"
HOME_LABEL = gettext_lazy("Expenses")


class ExpenseListView(FactList):
    kind = "expenses"
    title = HOME_LABEL
    lede = gettext_lazy(
        "What selling costs besides campaign spend. A cost keeps the exchange rate of its day and the rep’s team of "
        "that day. What a single rep costs is shown to leaders and admins alone."
    )
    heads = (
        Head(gettext_lazy("Cost")),
        Head(gettext_lazy("Day")),
        Head(gettext_lazy("Of")),
        Head(gettext_lazy("What for")),
        Head(gettext_lazy("Amount"), is_num=True),
    )
    create_name, edit_name = "metrics:expense_create", "metrics:expense_edit"
    new_label = gettext_lazy("New expense")
    icon = "receipt"
    empty_title = gettext_lazy("No expenses yet")
    empty_text = gettext_lazy("Salaries, travel, tools: with them the cost of a new customer can be told.")
    sorts: ClassVar = {
        "new": (gettext_lazy("newest day"), Sort("day", down=True)),
        "old": (gettext_lazy("oldest day"), Sort("day")),
        "amount": (gettext_lazy("largest amount"), Sort("base_minor", down=True)),
    }
    columns: ClassVar = [
        Column("day", lambda row: row.day),
        Column("category", lambda row: row.category),
        Column("amount", lambda row: row.amount),
        Column("currency", lambda row: row.currency),
        Column("team", lambda row: str(row.team or "")),
        Column("rep", lambda row: row.rep.key if row.rep else ""),
        Column("campaign", lambda row: str(row.campaign or "")),
        Column("account", lambda row: str(row.account or "")),
        Column("purpose", lambda row: row.purpose),
        Column("note", lambda row: row.note),
        Column("external_id", lambda row: row.external_id or ""),
    ]

    def filters(self) -> list[Filter]:
        teams = Team.objects.order_by("name").values_list("pk", "name")
        reps = Rep.objects.filter(expenses__isnull=False).order_by("name").distinct().values_list("pk", "name")
        return [
            Filter("category", _("Category"), [("", _("any")), *Expense.Category.choices]),
            Filter("team", _("Team"), [("", _("any")), *((str(pk), name) for pk, name in teams)]),
            Filter("rep", _("Rep"), [("", _("any")), *((str(pk), name) for pk, name in reps)]),
            Filter("since", _("Since"), is_text=True, input_type="date"),
            Filter("until", _("Until"), is_text=True, input_type="date"),
        ]

    def rows(self, chosen: dict[str, str]) -> QuerySet[Expense]:
        rows = Expense.objects.visible_to(self.request.user).select_related("rep", "team", "campaign", "account")
        named = {name: chosen[name] for name in ("category", "team", "rep") if chosen[name]}
        if chosen["since"]:
            named["day__gte"] = chosen["since"]
        if chosen["until"]:
            named["day__lte"] = chosen["until"]
        return rows.filter(**named)

    def cells(self, row: Expense) -> Cells:
        whose = " · ".join(str(one) for one in (row.rep, row.team, row.campaign, row.account) if one)
        amount = formats.money(row.amount, row.currency, cents=True)
        texts = [formats.full_day(row.day), whose, row.get_purpose_display(), amount]
        return Cells(row.get_category_display(), texts, sub=row.note)

    def shown_text(self, total: int, *, is_all: bool) -> str:
        return ngettext("%s expense", "%s expenses", total) % (formats.number(total) + ("" if is_all else "+"))


class ExpensePage(SettingPage):
    model = Expense
    form_class = ExpenseForm
    home, home_label = HOME, HOME_LABEL
    new_title = gettext_lazy("New expense")
    delete_name = "metrics:expense_delete"

    def records(self) -> Any:
        return Expense.objects.visible_to(self.request.user) if "pk" in self.kwargs else None

    def create(self, form: Form) -> Expense:
        return create_expense(by=self.request.user, now=timezone.now(), **form.cleaned_data)

    def change(self, form: Form) -> Expense:
        return change_expense(expense=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)


class ExpenseDeleteView(SettingDeletePage):
    model = Expense
    home, home_label = HOME, HOME_LABEL

    def act(self, form: Form) -> None:
        delete_expense(expense=self.record, by=self.request.user, now=timezone.now())
