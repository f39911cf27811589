"""Every kind of rows that can be imported, by its name."""

from pipeline.imports.activities import Activities
from pipeline.imports.catalogue import Channels, LostReasons, Products
from pipeline.imports.customers import Accounts, Contacts
from pipeline.imports.deal_history import DealHistory
from pipeline.imports.deal_parts import Credits, DealLines
from pipeline.imports.deals import Deals
from pipeline.imports.kind import Kind
from pipeline.imports.leads import Leads
from pipeline.imports.marketing import Campaigns, Spend
from pipeline.imports.people import Teams, Users
from pipeline.imports.rates import Rates
from pipeline.imports.report import ImportRefused
from pipeline.imports.reps import Memberships, Reps
from pipeline.imports.stage_rows import Stages
from pipeline.imports.subscriptions import Subscriptions

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Users, Teams, Reps, Memberships, Accounts, Contacts, Products, Stages, LostReasons, Channels, Campaigns, Spend,
        Leads, Deals, DealLines, Credits, DealHistory, Activities, Subscriptions, Rates,
    )
}  # fmt: skip


def find_kind(name: str) -> type[Kind]:
    """The kind of a name; ImportRefused lists the known ones."""
    if name not in KINDS:
        raise ImportRefused(f"There is no kind “{name[:60]}”; possible are {', '.join(KINDS)}.")
    return KINDS[name]
