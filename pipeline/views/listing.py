"""The lists of this app are those of ``accounts.views.listing``."""

from accounts.views.listing import Column, Filter, FilteredPage, FilterRefused, ListPage

__all__ = ["Column", "Filter", "FilterRefused", "FilteredPage", "ListPage"]
