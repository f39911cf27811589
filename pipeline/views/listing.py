"""The lists of this app are those of ``accounts.views.listing``."""

from accounts.views.listing import PLACE, Column, Filter, FilteredPage, FilterRefused, ListPage

__all__ = ["PLACE", "Column", "Filter", "FilterRefused", "FilteredPage", "ListPage"]
