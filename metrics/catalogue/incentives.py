"""What selling is paid by plan: the pay of approved statements, and its part of what was sold."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import won_money
from metrics.dimensions import TIME
from metrics.facts.statements import STATEMENTS, Payout
from metrics.measures.combined import Across
from metrics.metric import Total

payout = Payout("payout", STATEMENTS)

METRICS = (
    Total(
        slug="incentive_payout",
        name=_("Incentive earned"),
        unit="money",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=("rep", "team", *TIME),
        of=payout,
        date=_("the last day of the statement’s period"),
        help=_(
            "What approved and paid statements came to, draws, caps and corrections included, in the base currency at "
            "the rate of their last day. A correction of an earlier month counts in the month whose statement it "
            "stands in, so a paid figure never changes. By team: the rep’s team on that day. While everybody may see "
            "the company’s figures (leaderboard), it is not told by rep or team there."
        ),
        formula=_("sum of the totals of approved statements"),
        example="5% up to 200,000, 8% above; 250,000 won: 10,000 + 4,000 = 14,000",
    ),
    Across(
        slug="incentive_cost_ratio",
        name=_("Incentive cost ratio"),
        unit="percent",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=("team", *TIME),
        top=payout,
        bottom=won_money,
        n_of=payout,
        date=_("statements on the last day of their period, deals on the day they were closed"),
        help=_(
            "Pay by plan for each unit of won revenue. Statements are of whole months or quarters: shorter periods "
            "have deals without their pay. In a running period nothing is approved yet."
        ),
        formula=_("incentive earned / won revenue"),
        example="14,000 of 250,000: 5.6%",
    ),
)
