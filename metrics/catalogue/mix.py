"""The mix: which products, customers and reasons the wins and the losses are made of."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.deals import BUYERS, CLOSING, DEAL, ORIGIN, PRODUCTS, SELLERS, lost
from metrics.catalogue.margins import kept_money
from metrics.dimensions import TIME
from metrics.facts.fact import CLOSED
from metrics.formulas.shares import PositiveRatio, Share
from metrics.formulas.standing import StandingRatio
from metrics.measures.customers import ACTIVE_BEFORE, CrossSold, CustomerMoney
from metrics.measures.measure import Measure
from metrics.measures.products import DifferentProducts, NamedMoney, NewProductMoney

_WON = Q(outcome="won")
_BUYING = (*SELLERS, *ORIGIN, *BUYERS, "pipeline", "deal_kind", "currency", *PRODUCTS, *TIME)

key_money = Measure(
    "key_money", CLOSED, _WON & Q(is_key=True, base_minor__isnull=False), value="base_minor", money=True
)
new_product_money = NewProductMoney("new_product_money", CLOSED, _WON, value="base_minor", money=True)
named_money = NamedMoney("named_money", CLOSED, _WON, value="base_minor", money=True)
different_products = DifferentProducts("different_products", CLOSED, _WON & ~Q(kind="credit"), value="base_minor")
account_money = CustomerMoney("account_money", CLOSED, value="base_minor", money=True)
new_customer_money = CustomerMoney("new_customer_money", CLOSED, value="base_minor", money=True, customer="new")
existing_money = CustomerMoney("existing_customer_money", CLOSED, value="base_minor", money=True, customer="existing")
active_before = Measure("active_before", ACTIVE_BEFORE, live=True)
cross_sold = CrossSold("cross_sold", ACTIVE_BEFORE)

METRICS = (
    Share(
        slug="loss_reason_share",
        name=_("Loss reasons"),
        unit="percent",
        better="lower",
        group="performance",
        timing="lagging",
        dimensions=("lost_reason", *DEAL, *PRODUCTS),
        top=lost,
        bottom=lost,
        among=("lost_reason",),
        date=CLOSING,
        help=_(
            "How the deals lost divide by their reason; those without one are unknown, so that the shares add up to "
            "100%. Duplicates, spam and tests are no losses."
        ),
        formula=_("deals lost for the reason / deals lost"),
        example="price 4, timing 3, not given 3: 40, 30 and 30%",
    ),
    Share(
        slug="product_revenue_share",
        name=_("Product revenue share"),
        unit="percent",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=(*PRODUCTS, *DEAL),
        top=kept_money,
        bottom=kept_money,
        among=PRODUCTS,
        date=CLOSING,
        help=_(
            "What a product or a family has of the won revenue of the same deals; what no line covers is unknown, so "
            "that the shares add up to 100%."
        ),
        formula=_("won revenue of the product / won revenue"),
        example="180 of 230: 78.3%",
    ),
    PositiveRatio(
        slug="new_product_revenue_share",
        name=_("New-product revenue share"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=_BUYING,
        top=new_product_money,
        bottom=kept_money,
        date=CLOSING,
        help=_(
            "Revenue of products that were sold within twelve months of their launch, as a share of won revenue. The "
            "age is that of the day of the sale."
        ),
        formula=_("won revenue of products up to 12 months old / won revenue"),
        example="30 of 300: 10%",
    ),
    PositiveRatio(
        slug="new_customer_revenue_share",
        name=_("Revenue from new customers"),
        unit="percent",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=_BUYING,
        top=new_customer_money,
        bottom=account_money,
        date=CLOSING,
        help=_(
            "Won revenue of accounts within 365 days of their first win, that day included. Deals without an account "
            "are left out; with the revenue from current customers it adds up to 100%."
        ),
        formula=_("won revenue of new customers / won revenue of all customers"),
        example="400 of 1,000: 40%",
    ),
    PositiveRatio(
        slug="existing_customer_revenue_share",
        name=_("Revenue from current customers"),
        unit="percent",
        better="neutral",
        group="performance",
        timing="lagging",
        dimensions=_BUYING,
        top=existing_money,
        bottom=account_money,
        date=CLOSING,
        help=_(
            "Won revenue of accounts whose first win is more than 365 days ago. Deals without an account are left "
            "out; with the revenue from new customers it adds up to 100%."
        ),
        formula=_("won revenue of current customers / won revenue of all customers"),
        example="600 of 1,000: 60%",
    ),
    PositiveRatio(
        slug="key_account_revenue_share",
        name=_("Key-account revenue share"),
        unit="percent",
        better="range",
        group="performance",
        timing="lagging",
        dimensions=(*DEAL, *PRODUCTS),
        top=key_money,
        bottom=kept_money,
        date=CLOSING,
        help=_("Won revenue of accounts that were marked as key accounts on the closing day."),
        formula=_("won revenue of key accounts / won revenue"),
        example="700 of 1,000: 70%",
    ),
    StandingRatio(
        slug="revenue_per_product",
        name=_("Revenue per product"),
        unit="money",
        better="higher",
        group="customer",
        timing="lagging",
        dimensions=_BUYING,
        top=named_money,
        bottom=different_products,
        n_of=named_money,
        date=CLOSING,
        help=_(
            "Won revenue of named products by the number of different products that sold. No sum over time: a product "
            "that sells in two months is one product of the quarter."
        ),
        formula=_("won revenue of the lines / different products sold"),
        example="900,000 over 12 products: 75,000",
    ),
    StandingRatio(
        slug="cross_sell_rate",
        name=_("Cross-sell rate"),
        unit="percent",
        better="higher",
        group="performance",
        timing="lagging",
        dimensions=(*SELLERS, *BUYERS, *TIME),
        top=cross_sold,
        bottom=active_before,
        date=_("the period in which they bought; customers are those of the 365 days before it"),
        help=_(
            "Of the accounts that bought in the 365 days before the period, how many bought in it from a product "
            "family that was new to them. Rep, team and segment are those of their last purchase before."
        ),
        formula=_("customers who bought a new family / customers at the start of the period"),
        example="15 of 100: 15%",
    ),
)
