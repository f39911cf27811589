"""Headers of common CRM exports, so that a file of theirs needs no mapping by hand. Compared without case."""

KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "deals": {
        # Salesforce reports
        "opportunity name": ("name",), "account name": ("account",), "opportunity owner": ("owner",),
        "lead source": ("channel",), "probability (%)": (), "created date": ("opened_at",), "stage": ("stage",),
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


def suggest(kind: str, headers: list[str], columns: list[str]) -> dict[str, tuple[str, ...]]:
    """Their header -> our columns: equal names, then known ones; a header that nobody knows feeds nothing."""
    known, taken = KNOWN.get(kind, {}), set()
    found: dict[str, tuple[str, ...]] = {}
    for header in headers:
        plain = header.strip().lower()
        ours = (plain.replace(" ", "_"),) if plain.replace(" ", "_") in columns else known.get(plain, ())
        found[header] = tuple(column for column in ours if column in columns and column not in taken)
        taken |= set(found[header])
    return found
