"""Margins: what is left of the price, and what of the price is left."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import CLOSING, DEAL, PRODUCTS, won, won_sized
from metrics.facts.fact import CLOSED
from metrics.formulas.shares import PositiveRatio, Reduction
from metrics.measures.lines import UNIT_SCALE, costed, earned, list_value, listed, listed_kept, profit, units
from metrics.measures.measure import Measure
from metrics.metric import Ratio, Total

SOLD_GOODS = (*PRODUCTS, *DEAL)

kept_money = Measure("kept_money", CLOSED, Q(outcome="won", base_minor__isnull=False), value="base_minor", money=True)

METRICS = (
    Ratio(
        slug="aov",
        name=_("Average order value"),
        unit="money",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=kept_money,
        bottom=won_sized,
        n_of=won,
        date=CLOSING,
        help=_(
            "The mean value of an order; a deal won is an order. A credit note lowers the value on its own day, never "
            "the number of orders."
        ),
        formula=_("(amounts of deals won - credit notes) / number of deals won with a known amount"),
        example="1,000 over 23 orders: 43.48",
    ),
    Total(
        slug="units_sold",
        name=_("Units sold"),
        unit="count",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=SOLD_GOODS,
        of=units,
        scale=UNIT_SCALE,
        date=CLOSING,
        help=_(
            "Quantities on the lines of deals won; the lines of a credit note came back. A deal that only names its "
            "product is one unit."
        ),
        formula=_("sum of quantities sold - quantities that came back"),
        example="2 + 1 - 1 returned: 2",
    ),
    Reduction(
        slug="discount_rate",
        name=_("Average discount"),
        unit="percent",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=SOLD_GOODS,
        top=listed,
        bottom=list_value,
        date=CLOSING,
        help=_(
            "How far the deals won stay below the list prices of their day, weighted by value. Lines of products "
            "without a list price are left out; credit notes too."
        ),
        formula=_("(list value - net value) / list value"),
        example="net 180 + 50, list 200 + 50: 8%",
    ),
    Ratio(
        slug="price_realisation",
        name=_("Price realisation"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=SOLD_GOODS,
        top=listed_kept,
        bottom=list_value,
        date=CLOSING,
        help=_(
            "What is left of the list value after discounts and credit notes. Lines of products without a list price "
            "are left out."
        ),
        formula=_("(net value - credit notes) / list value"),
        example="225 / 250: 90%",
    ),
    Total(
        slug="gross_profit",
        name=_("Gross profit"),
        unit="money",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=SOLD_GOODS,
        of=profit,
        date=CLOSING,
        help=_(
            "Net value of the lines of deals won less quantity x unit cost: the line's own cost, else the product's on "
            "the day of the sale. Lines without a known cost are left out, and the page says how many. Credit notes "
            "lower it; their lines came back at cost."
        ),
        formula=_("sum of net value - quantity x unit cost"),
        example="230 - 130: 100",
    ),
    PositiveRatio(
        slug="gross_margin_pct",
        name=_("Gross margin"),
        unit="percent",
        better="higher",
        group="financial",
        timing="lagging",
        dimensions=SOLD_GOODS,
        top=earned,
        bottom=costed,
        date=CLOSING,
        help=_(
            "Gross profit as a share of the revenue whose cost is known: margin on the price, not a mark-up on the "
            "cost, and not the mean of the deals' margins. Whole deals of the owner at the close."
        ),
        formula=_("gross profit / revenue with a known cost"),
        example="100 of 230: 43.5%",
    ),
)
