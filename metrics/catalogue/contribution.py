"""What is left of the gross profit once selling is paid for."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.expenses import expenses
from metrics.catalogue.marketing import spend
from metrics.dimensions import TIME
from metrics.measures.combined import Combined
from metrics.measures.lines import profit
from metrics.metric import Total

contribution = Combined("contribution", parts=((1, profit), (-1, spend), (-1, expenses)))

METRICS = (
    Total(
        slug="contribution_after_marketing",
        name=_("Contribution after marketing and sales"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=TIME,
        of=contribution,
        date=_("each side on its own day: deals on the day they were closed, costs on theirs"),
        help=_(
            "Gross profit less what marketing and selling cost. Deals without a known cost are left out of the profit, "
            "and the page says how many. Known of the company only."
        ),
        formula=_("gross profit - marketing spend - sales expense"),
        example="100 - 30 - 25: 45",
    ),
)
