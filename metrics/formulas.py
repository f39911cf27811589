"""A metric's formula with the figures of a question put in, each of them a link to what it stands for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from metrics.capacity import PerCapacity
from metrics.catalogue import METRICS
from metrics.coverage import Coverage
from metrics.derived import Growth, Velocity
from metrics.economics import Economic
from metrics.figure import Figure
from metrics.metric import Metric, Quantile, Ratio, Total
from metrics.period_names import compared_title, period_title
from metrics.reading import Reader
from metrics.shares import Reduction
from metrics.wording import amount_text, figure_text, part_texts

WORDS: dict[str, str | Promise] = {
    "won": gettext_lazy("deals won"),
    "won_money": gettext_lazy("amounts of deals won"),
    "won_sized": gettext_lazy("deals won, amount known"),
    "won_sized_money": gettext_lazy("amounts of deals won"),
    "lost": gettext_lazy("deals lost"),
    "closed": gettext_lazy("deals won or lost"),
    "open_money": gettext_lazy("amounts of open deals"),
    "open_weighted": gettext_lazy("amounts x chance of winning"),
    "open_deals": gettext_lazy("open deals"),
    "created_money": gettext_lazy("first amounts of deals opened"),
    "cycle_days": gettext_lazy("deals won, start known"),
    "cycle_total": gettext_lazy("days from opening to close"),
    "cycle_deals": gettext_lazy("deals won, start known"),
    "leads": gettext_lazy("leads"),
    "leads_qualified": gettext_lazy("leads qualified"),
    "leads_converted": gettext_lazy("leads with a deal"),
    "leads_won": gettext_lazy("leads with a deal won"),
    "response_minutes": gettext_lazy("leads answered"),
    "activities": gettext_lazy("activities done"),
    "calls": gettext_lazy("outgoing calls"),
    "demos": gettext_lazy("demos held"),
    "new_customers": gettext_lazy("accounts with a first win"),
    "kept_money": gettext_lazy("amounts won, less credit notes"),
    "line_units": gettext_lazy("units"),
    "line_discount": gettext_lazy("discount given"),
    "line_listed": gettext_lazy("net value"),
    "line_list": gettext_lazy("value at list price"),
    "line_listed_kept": gettext_lazy("net value, less credit notes"),
    "line_costed": gettext_lazy("revenue with a known cost"),
    "line_earned": gettext_lazy("gross profit"),
    "line_profit": gettext_lazy("gross profit"),
    "active_customers": gettext_lazy("active customers"),
    "customers_before": gettext_lazy("customers at the beginning"),
    "customers_stayed": gettext_lazy("customers who stayed"),
    "customers_left": gettext_lazy("customers who left"),
    "matured_first_wins": gettext_lazy("first purchases a year ago or more"),
    "first_wins_bought_again": gettext_lazy("customers who bought again"),
    "customer_money": gettext_lazy("amounts won from accounts"),
    "buyers": gettext_lazy("accounts that bought"),
    "customer_value": gettext_lazy("amounts won so far"),
    "product_buyers": gettext_lazy("customers who bought it"),
    "customers_of_any_product": gettext_lazy("active customers"),
    "cohort": gettext_lazy("customers old enough"),
    "cohort_active": gettext_lazy("customers active"),
    "nps_votes": gettext_lazy("promoters less detractors"),
    "nps_answers": gettext_lazy("answers"),
    "csat_satisfied": gettext_lazy("answers of 4 or 5"),
    "csat_answers": gettext_lazy("answers"),
    "survey_answered": gettext_lazy("invitations answered"),
    "survey_invitations": gettext_lazy("invitations"),
    "market_companies": gettext_lazy("companies of the market"),
    "market_money": gettext_lazy("money a year of the market"),
    "year_of_sales": gettext_lazy("amounts won in twelve months"),
    "acquisition_costs": gettext_lazy("costs of winning customers"),
    "yearly_value": gettext_lazy("twelve months of what deals began"),
    "recurring_wins": gettext_lazy("deals won that began subscriptions"),
    "customer_profit": gettext_lazy("profit of customers"),
    "customer_costed": gettext_lazy("revenue with a known cost"),
    "monthly_money": gettext_lazy("monthly amounts of subscriptions"),
    "subscribers": gettext_lazy("accounts that subscribe"),
    "opening_monthly_money": gettext_lazy("monthly revenue before"),
    "monthly_moves": gettext_lazy("changes of monthly revenue"),
    "lost_monthly_money": gettext_lazy("monthly revenue lost"),
    "net_lost_monthly_money": gettext_lazy("monthly revenue lost, less what was gained"),
    "retained_opening": gettext_lazy("monthly revenue then"),
    "retained_closing": gettext_lazy("monthly revenue of the same accounts"),
    "retained_kept": gettext_lazy("monthly revenue kept"),
    "key_money": gettext_lazy("revenue of key accounts"),
    "new_product_money": gettext_lazy("revenue of new products"),
    "named_money": gettext_lazy("revenue of named products"),
    "different_products": gettext_lazy("different products"),
    "account_money": gettext_lazy("revenue of all customers"),
    "new_customer_money": gettext_lazy("revenue of new customers"),
    "existing_customer_money": gettext_lazy("revenue of current customers"),
    "active_before": gettext_lazy("customers before the period"),
    "cross_sold": gettext_lazy("customers who bought a new family"),
    "headcount": gettext_lazy("people on average"),
    "leavers": gettext_lazy("people who left"),
    "staff": gettext_lazy("people"),
    "reps_with_target": gettext_lazy("reps with a target"),
    "ramp_months": gettext_lazy("reps hired"),
    "reps_on_target": gettext_lazy("reps at their target"),
    "open_money_moves": gettext_lazy("moves of the open pipeline"),
    "reopened": gettext_lazy("deals opened again"),
    "deals_opened": gettext_lazy("deals opened"),
    "deals_opened_won": gettext_lazy("deals won so far"),
    "won_value": gettext_lazy("amounts won"),
    "closed_value": gettext_lazy("amounts won or lost"),
    "won_amounts": gettext_lazy("deals won, amount known"),
    "demoed": gettext_lazy("deals closed after a demo"),
    "demoed_won": gettext_lazy("deals won after a demo"),
    "win_touches": gettext_lazy("touches"),
    "spoken_won": gettext_lazy("deals won"),
    "lead_days": gettext_lazy("deals won from a lead"),
    "stalled": gettext_lazy("stalled deals"),
    "stalled_money": gettext_lazy("amounts of stalled deals"),
    "known_contacts": gettext_lazy("people spoken to"),
    "expected": gettext_lazy("deals expected"),
    "slipped": gettext_lazy("deals moved past the period"),
    "forecast_money": gettext_lazy("amounts won or expected"),
    "due_money": gettext_lazy("open amounts expected in it"),
    "stage_advanced": gettext_lazy("deals that advanced"),
    "stage_resolved": gettext_lazy("deals that left the stage"),
    "stage_dropped": gettext_lazy("deals that dropped out"),
    "stage_days": gettext_lazy("deals that left the stage"),
    "stage_latest_days": gettext_lazy("deals that left the stage"),
    "calls_connected": gettext_lazy("calls answered"),
    "emails": gettext_lazy("e-mails sent"),
    "emails_delivered": gettext_lazy("e-mails delivered"),
    "emails_replied": gettext_lazy("e-mails replied to"),
    "emails_bounced": gettext_lazy("e-mails bounced"),
    "proposals": gettext_lazy("proposals sent"),
    "talk_minutes": gettext_lazy("calls timed"),
    "tasks_due": gettext_lazy("tasks due"),
    "tasks_on_time": gettext_lazy("tasks done on time"),
    "leads_answered": gettext_lazy("leads answered"),
    "leads_answered_so_far": gettext_lazy("leads answered so far"),
    "leads_answered_in_time": gettext_lazy("leads answered in time"),
    "leads_due": gettext_lazy("leads whose time was up"),
    "routing_minutes": gettext_lazy("leads given to somebody"),
    "web_leads": gettext_lazy("leads from the web"),
    "web_customers": gettext_lazy("new customers from the web"),
    "visitors": gettext_lazy("visitors"),
    "won_leads": gettext_lazy("leads with a deal won"),
    "sessions": gettext_lazy("readings of sessions"),
    "organic_sessions": gettext_lazy("readings of organic sessions"),
    "followers": gettext_lazy("readings of followers"),
    "marketing_spend": gettext_lazy("marketing spend"),
    "attributed_money": gettext_lazy("amounts attributed"),
    "attributed_return": gettext_lazy("margin attributed less spend"),
    "influenced_money": gettext_lazy("amounts of deals touched"),
    "channel_profit": gettext_lazy("revenue less all costs"),
    "channel_costs": gettext_lazy("spend and sales expenses"),
    "won_unknown_money": gettext_lazy("amounts of unknown origin"),
    "partner_money": gettext_lazy("amounts from partners"),
    "contact_fields_filled": gettext_lazy("fields filled"),
    "contact_fields": gettext_lazy("fields that should be filled"),
    "contacts": gettext_lazy("contacts"),
    "contacts_twice": gettext_lazy("contacts that are there twice"),
    "over_budget": gettext_lazy("spend less budget"),
    "budget": gettext_lazy("budget"),
    "sales_expenses": gettext_lazy("sales expenses"),
}
"""What the rows of each measure are called."""

COUNTED_BY = {
    "won": "deals_won", "won_money": "won_revenue", "closed": "deals_closed", "leads": "leads_created",
    "open_deals": "open_deals", "activities": "activities_logged", "won_sized_money": "won_revenue",
}  # fmt: skip
"""The metric that shows a measure alone; the parts of others link to the records of their own metric."""


@dataclass(frozen=True)
class Part:
    """A figure of a formula with the word below it; an ``op`` stands alone."""

    text: str = ""
    label: str | Promise = ""
    url: str = ""
    op: str = ""
    is_result: bool = False


def words_of(key: str) -> str | Promise:
    """What the rows of a measure are called."""
    return WORDS.get(key, key.replace("_", " "))


def part_words(metric: Metric) -> tuple[str | Promise, str | Promise]:
    """What numerator and denominator are, for heads of columns; empty where the metric has none."""
    match metric:
        case Reduction():
            return words_of("line_discount"), words_of(metric.bottom.key)
        case Ratio():
            return words_of(metric.top.key), words_of(metric.bottom.key)
        case Growth():
            return _("difference"), _("period before")
        case PerCapacity():
            return words_of(metric.of.key), metric.per
        case Economic():
            return metric.words
        case Coverage():
            return words_of(metric.due.key), _("missing to the target")
        case Velocity():
            return _("money to come"), _("days of a cycle")
        case _:
            return "", ""


def formula(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    """Name = part op part = result."""
    result = figure_text(figure.metric, figure.value, figure.question.company.base_currency)
    parts = _parts(reader, figure, records_url)
    tail = [Part(op="="), Part(text=result, is_result=True)] if len(parts) > 1 else []
    return [Part(text=str(figure.metric.name), is_result=True), Part(op="="), *parts, *tail] if parts else []


def _parts(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    metric, value = figure.metric, figure.value
    if value.value is None and value.denominator is None:
        return []
    match metric:
        case Total():
            label = _("%(what)s · n %(n)s") % {"what": words_of(metric.of.key), "n": formats.number(value.n)}
            return [Part(_total_text(figure), label, records_url)]
        case Quantile():
            label = _("median of %(n)s %(what)s") % {"n": formats.number(value.n), "what": words_of(metric.of.key)}
            currency = figure.question.company.base_currency
            return [Part(figure_text(metric, value, currency), label, records_url)]
        case Velocity():
            return _velocity(reader, figure)
        case Growth():
            return _growth(reader, figure)
        case _:
            return _divided(reader, figure, records_url)


def _total_text(figure: Figure) -> str:
    return figure_text(figure.metric, figure.value, figure.question.company.base_currency)


def _divided(reader: Reader, figure: Figure, records_url: str) -> list[Part]:
    top, bottom = part_texts(figure.metric, figure.value, figure.question.company.base_currency)
    upper, lower = part_words(figure.metric)
    measures = [metric.top, metric.bottom] if isinstance(metric := figure.metric, Ratio) else metric.measures()
    keys = [measure.key for measure in measures]
    return [
        Part(top, upper, _address(reader, figure, keys[0]) or records_url),
        Part(op="÷"),
        Part(bottom, lower, (_address(reader, figure, keys[1]) if len(keys) > 1 else "") or records_url),
    ]


def _address(reader: Reader, figure: Figure, key: str) -> str:
    """The page of the metric that shows a measure alone; empty when there is none."""
    slug, where = COUNTED_BY.get(key, ""), figure.question.where
    if not slug or any(dimension not in METRICS[slug].dimensions for dimension, _member in where):
        return ""
    return reader.asking.metric_address(slug, where=where)


def _growth(reader: Reader, figure: Figure) -> list[Part]:
    metric, value = figure.metric, figure.value
    if not isinstance(metric, Growth) or value.numerator is None or value.denominator is None:
        return []
    currency = figure.question.company.base_currency
    q = figure.question
    before = metric.previous(q).period
    then = compared_title(before, q.period, q.period.previous())
    now_text = amount_text("money", value.numerator + value.denominator, currency)
    before_text = amount_text("money", value.denominator, currency)
    slug, where = metric.of.slug, q.where
    was = Part(before_text, then, reader.asking.metric_address(slug, period=before.name, where=where))
    return [
        Part(op="("),
        Part(now_text, period_title(q.period), reader.asking.metric_address(slug, where=where)),
        Part(op="−"),
        was,
        Part(op=") ÷"),
        was,
    ]


def _velocity(reader: Reader, figure: Figure) -> list[Part]:
    names = ("open_deals", "win_rate", "average_deal_size", "sales_cycle_length")
    parts: list[Part] = []
    for slug, op in zip(names, ("×", "×", "÷", ""), strict=True):
        part = reader.figure(slug, scope=figure.question.scope, where=figure.question.where)
        text = figure_text(part.metric, part.value, figure.question.company.base_currency)
        parts.append(Part(text, part.metric.name, reader.asking.metric_address(slug, where=figure.question.where)))
        parts += [Part(op=op)] if op else []
    return parts
