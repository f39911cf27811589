"""Headers of common CRM exports, so that a file of theirs needs no mapping by hand. Compared without case."""

from collections.abc import Iterable

from pipeline.imports.mapping import normal

KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "deals": {
        # Salesforce reports
        "opportunity name": ("name",), "account name": ("account",), "opportunity owner": ("owner",),
        "probability (%)": (), "created date": ("opened_at",), "stage": ("stage",),
        "close date": ("closed_at", "expected_close_on"),  # expected while open: the importer tells them apart
        # HubSpot
        "record id": ("external_id",), "deal name": ("name",), "deal stage": ("stage",), "deal owner": ("owner",),
        "create date": ("opened_at",), "associated company": ("account",), "deal currency": ("currency",),
        # Pipedrive
        "deal - id": ("external_id",), "deal - title": ("name",), "deal - value": ("amount",),
        "deal - currency of value": ("currency",), "deal - stage": ("stage",), "deal - status": ("outcome",),
        "deal - owner": ("owner",), "deal - expected close date": ("expected_close_on",),
        "deal - lost reason": ("lost_reason",), "deal - organization": ("account",),
        # Zoho
        "potential name": ("name",), "potential owner": ("owner",), "created time": ("opened_at",),
    },
    "accounts": {
        "account name": ("name",), "company name": ("name",), "website": ("domain",), "website url": ("domain",),
        "company domain name": ("domain",), "account owner": ("owner",), "company owner": ("owner",),
        "number of employees": ("employees",), "billing country": ("country",), "organization - name": ("name",),
    },
    "contacts": {
        "account name": ("account",), "associated company": ("account",), "phone number": ("phone",),
        "job title": ("title",), "person - name": ("name",), "person - email (work)": ("email",),
        "person - phone (work)": ("phone",), "person - organization": ("account",),
    },
    "leads": {
        "lead owner": ("owner",), "lead source": ("channel",), "created time": ("created_at",),
        "create date": ("created_at",), "leadid": ("external_id",), "phone number": ("phone",),
    },
}  # fmt: skip


COMMON: dict[str, tuple[str, ...]] = {
    "id": ("external_id",), "record id": ("external_id",), "opportunity id": ("external_id",), "full name": ("name",),
    "company": ("account",), "company name": ("account", "company"), "account name": ("account",),
    "organization": ("account", "company"), "organisation": ("account", "company"), "customer": ("account",),
    "client": ("account",), "opportunity": ("deal",), "product name": ("product",), "campaign name": ("campaign",),
    "owner name": ("owner",), "sales rep": ("owner", "rep"), "sales agent": ("owner", "rep"),
    "salesperson": ("owner", "rep"), "assigned to": ("owner",), "manager": ("team",),
    "website": ("domain",), "web site": ("domain",), "url": ("domain",), "domain name": ("domain",),
    "sector": ("industry",), "headcount": ("employees",), "revenue": ("annual_revenue",),
    "parent account": ("parent",), "parent company": ("parent",), "subsidiary of": ("parent",),
    "e mail": ("email",), "email address": ("email",), "mail": ("email",),
    "telephone": ("phone",), "phone number": ("phone",), "mobile": ("phone",), "job title": ("title",),
    "value": ("amount",), "deal value": ("amount",), "close value": ("amount",), "total": ("amount",),
    "price": ("list_price", "amount"), "sales price": ("list_price",), "currency code": ("currency",),
    "date": ("day", "done_at", "at"), "start date": ("starts_on",), "end date": ("ends_on",), "due date": ("due_at",),
    "created": ("opened_at", "created_at"), "created on": ("opened_at", "created_at"),
    "created date": ("opened_at", "created_at"), "create date": ("opened_at", "created_at"),
    "engage date": ("opened_at",), "open date": ("opened_at",), "closed on": ("closed_at",),
    "deal stage": ("stage",), "source": ("channel",), "lead source": ("channel",),
    "reason": ("lost_reason", "churn_reason"), "type": ("kind",), "series": ("family",), "category": ("family",),
}  # fmt: skip
"""What anybody's file calls things, whatever its rows are: the first of these columns that the rows have."""


THEMSELVES: dict[str, tuple[str, ...]] = {
    "accounts": ("account", "company", "organization", "organisation", "customer", "client"),
    "reps": ("rep", "sales rep", "sales agent", "salesperson"),
    "teams": ("team", "manager"),
    "products": ("product", "product name"),
    "deals": ("deal", "opportunity", "title"),
    "campaigns": ("campaign", "campaign name"),
    "channels": ("channel", "source"),
}
"""What a file calls the names of its own rows."""


def suggest(kind: str, headers: list[str], columns: list[str]) -> dict[str, tuple[str, ...]]:
    """Their header -> our columns: equal names, then known ones; a header that nobody knows feeds nothing.

    A column is fed by the header that fits it best: one with its own name goes before one that is known for it. Deals
    of a file without names are called by their ids.
    """
    known = KNOWN.get(kind, {})
    taken = {normal(header) for header in headers} & set(columns)
    found: dict[str, tuple[str, ...]] = {}
    for header in headers:
        plain = header.strip().lower()
        words = normal(header).replace("_", " ")
        if normal(header) in columns:
            ours: tuple[str, ...] = (normal(header),)
            free: Iterable[str] = columns
        elif words in THEMSELVES.get(kind, ()):
            ours, free = ("name",), [column for column in columns if column not in taken]
        else:
            common = tuple(name for name in COMMON.get(words, ()) if name in columns)[:1]
            ours, free = (
                known.get(plain, known.get(words, common)),
                [column for column in columns if column not in taken],
            )
        found[header] = tuple(column for column in ours if column in free)
        taken |= set(found[header])
    if kind == "deals" and "name" not in taken:
        found = {header: (*ours, "name") if "external_id" in ours else ours for header, ours in found.items()}
    return found
