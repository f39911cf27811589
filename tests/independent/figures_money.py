"""Figures of costs, of the website and of the market: known of the company as a whole."""

from fractions import Fraction

from tests.independent.figures import Book, counted, figure, money, nothing
from tests.independent.figures_deals import new_customers, won_revenue
from tests.independent.figures_leads import leads, leads_created
from tests.independent.figures_lines import gross_profit, profit
from tests.independent.tables import DAY, Answer, Ask, date_of, divided, half_even, months_on, number

SALES = ("salary", "commission", "travel", "tools", "enablement", "overhead")
WEB = ("paid", "organic", "inbound")


def costs(b: Book) -> list[tuple]:
    """(day, category, purpose, minor units of the base currency, campaign); spend has the category spend."""
    if "costs" not in b.kept:
        t, found = b.tables, []
        for row in t.rows("metrics_expense"):
            day = date_of(row["day"])
            base = t.to_base(int(row["amount_minor"]), row["currency"], t.rate(row["currency"], day))
            found.append((day, row["category"], row["purpose"], base or 0, number(row["campaign_id"])))
        for row in t.rows("pipeline_campaignspend"):
            day = date_of(row["day"])
            minor = half_even(Fraction(row["amount"]) * {"JPY": 1, "KWD": 1000}.get(row["currency"], 100))
            base = t.to_base(minor, row["currency"], t.rate(row["currency"], day))
            found.append((day, "spend", "acquire", base or 0, number(row["campaign_id"])))
        b.kept["costs"] = found
    return b.kept["costs"]


def spent(b: Book, a: Ask, *categories: str, purpose: str | None = None) -> list[int]:
    return [
        base for day, category, why, base, _campaign in costs(b)
        if a.holds(day) and category in categories and purpose in (None, why)
    ]  # fmt: skip


def first_cost(b: Book, *categories: str):
    return min(row[0] for row in costs(b) if not categories or row[1] in categories)


@figure("marketing_spend")
def marketing_spend(b: Book, a: Ask) -> Answer:
    rows = spent(b, a, "marketing", "spend")
    return counted(b, a, sum(rows), len(rows), first_cost(b), unit=b.minor)


@figure("sales_expense")
def sales_expense(b: Book, a: Ask) -> Answer:
    rows = spent(b, a, *SALES)
    return counted(b, a, sum(rows), len(rows), first_cost(b), unit=b.minor)


@figure("sales_expense_ratio")
def sales_expense_ratio(b: Book, a: Ask) -> Answer:
    cost, won = sales_expense(b, a).value, won_revenue(b, a).value
    return Answer(cost / won if cost is not None and won is not None and won > 0 else None)


@figure("cost_per_lead")
def cost_per_lead(b: Book, a: Ask) -> Answer:
    cost, found = marketing_spend(b, a).value, leads_created(b, a).value
    return Answer(cost / found if cost is not None and found else None)


@figure("contribution_after_marketing")
def contribution_after_marketing(b: Book, a: Ask) -> Answer:
    parts = [gross_profit(b, a).value, marketing_spend(b, a).value, sales_expense(b, a).value]
    if all(part is None for part in parts):
        return Answer(None)
    profit, marketing, sales = (part or Fraction(0) for part in parts)
    return Answer(profit - marketing - sales)


@figure("cac")
def cac(b: Book, a: Ask) -> Answer:
    total = sum(spent(b, a, *SALES, purpose="acquire")) + sum(spent(b, a, "marketing", "spend", purpose="acquire"))
    found = new_customers(b, a).value
    return divided(money(b, total), found) if found else Answer(None)


def readings(b: Book, slug: str) -> list[tuple]:
    kept = b.kept.setdefault("readings", {})
    if slug not in kept:
        t = b.tables
        pk = next(int(row["id"]) for row in t.rows("metrics_indicator") if row["slug"] == slug)
        kept[slug] = [
            (date_of(row["day"]), Fraction(row["value"]), row["source"], b.channels.get(number(row["channel_id"])))
            for row in t.rows("metrics_indicatorreading") if int(row["indicator_id"]) == pk
        ]  # fmt: skip
    return kept[slug]


@figure("website_traffic")
def website_traffic(b: Book, a: Ask) -> Answer:
    return _read([value for day, value, _source, _kind in readings(b, "website_sessions") if a.holds(day)])


@figure("organic_traffic")
def organic_traffic(b: Book, a: Ask) -> Answer:
    return _read(
        [value for day, value, _s, kind in readings(b, "website_sessions") if a.holds(day) and kind == "organic"]
    )


def _read(values: list[Fraction]) -> Answer:
    """A sum of readings: a day that nobody read is not known, so without any the sum is not, either."""
    return Answer(sum(values), sum(values), None, len(values)) if values else nothing()


@figure("social_followers")
def social_followers(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return Answer(None)
    last = {}
    for day, value, source, _kind in sorted(readings(b, "followers")):
        if day <= a.level_day and (a.level_day - day).days <= 35:
            last[source] = value
    return Answer(sum(last.values()) if last else None)


def _visitors(b: Book, a: Ask) -> Fraction | None:
    unique = [value for day, value, _s, _k in readings(b, "unique_visitors") if a.holds(day)]
    sessions = [value for day, value, _s, _k in readings(b, "website_sessions") if a.holds(day)]
    return unique[0] if len(unique) == 1 else sum(sessions)


@figure("visitor_to_lead_rate")
def visitor_to_lead_rate(b: Book, a: Ask) -> Answer:
    found = sum(a.holds(row["came"]) and row["kind"] in WEB for row in leads(b, a))
    visitors = _visitors(b, a)
    if not visitors or leads_created(b, a).value is None:
        return Answer(None)
    return Answer(Fraction(found) / visitors)


@figure("visitor_conversion_rate")
def visitor_conversion_rate(b: Book, a: Ask) -> Answer:
    firsts = b.first_wins(a.as_of).values()
    found = sum(a.holds(s.closed_on) and b.channels.get(s.channel) in WEB for s in firsts)
    visitors = _visitors(b, a)
    if not visitors or new_customers(b, a).value is None:
        return Answer(None)
    return Answer(Fraction(found) / visitors)


@figure("attributed_revenue")
def attributed_revenue(b: Book, a: Ask) -> Answer:
    return Answer(won_revenue(b, a).value)


@figure("campaign_influenced_revenue")
def campaign_influenced_revenue(b: Book, a: Ask) -> Answer:
    if "touched" not in b.kept:
        found: dict[str, dict[int, list]] = {"lead_id": {}, "contact_id": {}}
        for row in b.tables.rows("pipeline_touch"):
            which = "lead_id" if row["lead_id"] else "contact_id"
            found[which].setdefault(int(row[which]), []).append(b.tables.day(row["at"]))
        b.kept["touched"] = found
    total = n = 0
    for s in b.deals.at(a.as_of):
        if s.outcome != "won" or not a.holds(s.closed_on):
            continue
        lead = b.deals.leads.get(s.deal)
        days = b.kept["touched"]["lead_id"].get(int(lead["id"]), []) if lead else []
        people = {number(b.deals.by_id[s.deal]["contact_id"]), number(lead["contact_id"]) if lead else None} - {None}
        days = days + [day for pk in people for day in b.kept["touched"]["contact_id"].get(pk, [])]
        if any(0 <= (s.closed_on - day).days <= 180 for day in days):
            total, n = total + (s.base or 0), n + 1
    found = won_revenue(b, a)
    return Answer(None if found.value is None else money(b, total))


@figure("romi")
def romi(b: Book, a: Ask) -> Answer:
    spend = marketing_spend(b, a).value
    left = money(b, _after_costs(b, a))
    return Answer((left - spend) / spend if spend else None)


def _after_costs(b: Book, a: Ask) -> int:
    """Won revenue less the known costs of these deals."""
    total = 0
    for s in b.deals.at(a.as_of):
        if s.outcome == "won" and a.holds(s.closed_on):
            net, left = profit(b, s)
            total += (s.base or 0) - (net - left)
    return total


@figure("market_share")
def market_share(b: Book, a: Ask) -> Answer:
    if not a.begun:
        return Answer(None)
    year = Ask(a.scope, months_on(a.level_day + DAY, -12), a.level_day + DAY, a.as_of)
    size = _market(b, a, "revenue_minor")
    won = won_revenue(b, year).value
    return Answer(won / size if won is not None and size else None)


def _market(b: Book, a: Ask, column: str) -> Fraction | None:
    """What was entered for the market that can be served, of the newest year up to the period's."""
    t = b.tables
    rows = [
        row for row in t.rows("metrics_marketsize")
        if row["kind"] == "SAM" and not (row["segment"] or row["industry"] or row["region"]) and row[column]
        and int(row["year"]) <= a.level_day.year
    ]  # fmt: skip
    if not rows:
        return None
    row = max(rows, key=lambda row: int(row["year"]))
    if column == "accounts":
        return Fraction(row["accounts"])
    return Fraction(int(row["base_minor"]), b.minor)
