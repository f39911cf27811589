"""Indicators that metrics of the catalogue read, and the slug of one that somebody names."""

import re

from django.utils.text import slugify

from metrics.models import Indicator

FLOW, STOCK = Indicator.Nature.FLOW, Indicator.Nature.STOCK

KNOWN: dict[str, tuple[str, str, str]] = {
    "website_sessions": ("Website sessions", FLOW, "sessions"),
    "unique_visitors": ("Unique visitors", FLOW, "visitors"),
    "followers": ("Followers", STOCK, "followers"),
    "enps": ("Employee NPS", STOCK, "points"),
    "stock_on_hand": ("Stock on hand", STOCK, "units"),
}
"""Slug -> name, nature and unit of what the catalogue reads."""


def slug_of(name: str) -> str:
    """Small letters, digits and underscores: website_sessions for “Website sessions”. Empty when there are none."""
    return re.sub(r"[-_]+", "_", slugify(name)).strip("_")[:100]


def new_indicator(name: str) -> Indicator:
    """An indicator that an import names and nobody set up, unsaved: what the catalogue knows of it, else a flow."""
    slug = slug_of(name)
    title, nature, unit = KNOWN.get(slug, (name.replace("_", " ").capitalize() if name == slug else name, FLOW, ""))
    return Indicator(name=title, slug=slug, nature=nature, unit=unit)
