"""Every kind of rows that can be imported, by its name.

An app above adds its kinds by a module that ``settings.IMPORT_KINDS`` names and that lists them as ``KINDS``.
"""

from functools import cache
from importlib import import_module

from django.conf import settings

from pipeline.imports.activities import Activities
from pipeline.imports.catalogue import Channels, LostReasons, Products
from pipeline.imports.customers import Accounts, Contacts
from pipeline.imports.deal_history import DealHistory
from pipeline.imports.deal_parts import Credits, DealLines
from pipeline.imports.deals import Deals
from pipeline.imports.kind import Kind
from pipeline.imports.leads import Leads
from pipeline.imports.marketing import Campaigns, Spend, Touches
from pipeline.imports.people import Teams, Users
from pipeline.imports.rates import Rates
from pipeline.imports.report import ImportRefused
from pipeline.imports.reps import Memberships, Reps
from pipeline.imports.stage_rows import Stages
from pipeline.imports.subscriptions import Subscriptions

KINDS: tuple[type[Kind], ...] = (
    Users, Teams, Reps, Memberships, Accounts, Contacts, Products, Stages, LostReasons, Channels, Campaigns, Spend,
    Leads, Deals, DealLines, Credits, DealHistory, Activities, Touches, Subscriptions, Rates,
)  # fmt: skip


@cache
def kinds_above() -> tuple[type[Kind], ...]:
    """The kinds of the apps above, what refers to others first."""
    return tuple(kind for module in settings.IMPORT_KINDS for kind in import_module(module).KINDS)


@cache
def all_kinds() -> dict[str, type[Kind]]:
    """Every kind by its name."""
    return {kind.name: kind for kind in (*KINDS, *kinds_above())}


def find_kind(name: str) -> type[Kind]:
    """The kind of a name; ImportRefused lists the known ones."""
    kinds = all_kinds()
    if name not in kinds:
        raise ImportRefused(f"There is no kind “{name[:60]}”; possible are {', '.join(kinds)}.")
    return kinds[name]
