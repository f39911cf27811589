"""Expenses of selling, against what was sold, and marketing spend against its budget."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import won, won_money
from metrics.catalogue.marketing import BY_ORIGIN, SPENDING
from metrics.dimensions import TIME
from metrics.facts.spend import CAMPAIGNS, EXPENSES, PEOPLE, SPEND, Budgeted, Expenses, Spent
from metrics.measures.combined import Across, Combined
from metrics.metric import Total
from metrics.models import Expense

expenses = Expenses("sales_expenses", PEOPLE, Q(category__in=Expense.SALES_CATEGORIES))
_budgeted = Q(campaign__budget__isnull=False, campaign__starts_on__isnull=False, campaign__ends_on__isnull=False)
budget = Budgeted("budget", CAMPAIGNS)
budget_spend = Spent("budgeted_spend", SPEND, _budgeted)
budget_expenses = Expenses("budgeted_expenses", EXPENSES, _budgeted & Q(category=Expense.Category.MARKETING))
over_budget = Combined("over_budget", parts=((1, budget_spend), (1, budget_expenses), (-1, budget)))

METRICS = (
    Total(
        slug="sales_expense",
        name=_("Sales expense"),
        unit="money",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=TIME,
        of=expenses,
        date=_("the day to which the cost belongs"),
        help=_(
            "Salaries, commissions, travel, tools, enablement and overhead, at the exchange rate of their "
            "day. Marketing is not part of it. So that nobody's pay can be read from it, it is shown of the "
            "company and of teams of three people or more."
        ),
        formula=_("sum of the expenses of these categories"),
        example="100 + 80 + 70: 250",
    ),
    Across(
        slug="sales_expense_ratio",
        name=_("Sales expense ratio"),
        unit="ratio",
        better="lower",
        group="financial",
        timing="lagging",
        dimensions=TIME,
        top=expenses,
        bottom=won_money,
        n_of=won,
        date=_("costs on the day to which they belong, deals on the day they were closed"),
        help=_(
            "Sales expense for each unit of won revenue; below 1 selling costs less than it brings. In a "
            "running period costs may come before the deals. So that nobody's pay can be read from it, it "
            "is shown of the company and of teams of three people or more."
        ),
        formula=_("sales expense / won revenue"),
        example="250 / 1,000 = 0.25",
    ),
    Across(
        slug="budget_variance",
        name=_("Budget variance"),
        unit="percent",
        better="range",
        group="financial",
        timing="lagging",
        dimensions=BY_ORIGIN,
        top=over_budget,
        bottom=budget,
        date=SPENDING,
        help=_(
            "How far marketing spend on campaigns with a budget is above (+) or below (-) it; the budget is "
            "spread evenly over the days of the campaign, up to the as-of day."
        ),
        formula=_("(spend of these campaigns - budget) / budget"),
        example="1,900 spent of 2,000: -100, -5%",
    ),
)
