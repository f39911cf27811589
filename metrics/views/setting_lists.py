"""What the lists of facts and goals in the settings share: a table of rows, each with a page to correct it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from accounts.keyset import KeysetPage
from accounts.views.listing import ListPage
from accounts.views.setting_pages import crumbs

Text = str | Promise


@dataclass(frozen=True)
class Head:
    """A column of the table: its words, and whether it holds figures."""

    label: Text
    is_num: bool = False


@dataclass(frozen=True)
class Cells:
    """A row of the table: what leads to its page, a line below it, and the texts under the other heads."""

    name: str
    texts: Sequence[str]
    sub: str = ""
    url: str = ""


class FactList(ListPage):
    """A list of the settings. A subclass says which rows, which cells and what the page is about."""

    template_name = "metrics/setting_list.html"
    title: ClassVar[Text]
    lede: ClassVar[Text] = ""
    heads: ClassVar[Sequence[Head]]
    create_name: ClassVar[str]
    edit_name: ClassVar[str]
    new_label: ClassVar[Text]
    icon: ClassVar[str]
    empty_title: ClassVar[Text]
    empty_text: ClassVar[Text]
    importable = True
    rows_are_pages = False
    """A row leads to a page, not to a form in a dialog."""

    def cells(self, row: Any) -> Cells:
        """The row in words."""
        raise NotImplementedError

    def create_url(self) -> str:
        return reverse(self.create_name)

    def edit_url(self, row: Any) -> str:
        return reverse(self.edit_name, args=[row.pk])

    def crumbs(self) -> list[dict[str, Any]]:
        return crumbs()

    def rows(self, chosen: dict[str, str]) -> QuerySet[Any]:
        raise NotImplementedError

    def page(self, found: KeysetPage[Any], chosen: dict[str, str]) -> dict[str, Any]:
        table = []
        for row in found.rows:
            cells = self.cells(row)
            texts = [
                {"label": head.label, "is_num": head.is_num, "text": text}
                for head, text in zip(self.heads[1:], cells.texts, strict=True)
            ]
            table.append({"name": cells.name, "sub": cells.sub, "url": cells.url or self.edit_url(row), "cells": texts})
        return {
            "title": self.page_title(),
            "lede": self.lede,
            "heads": self.heads,
            "rows_are_pages": self.rows_are_pages,
            "table": table,
            "create_url": self.create_url(),
            "new_label": self.new_label,
            "import_url": reverse("pipeline:import_list") if self.importable else "",
            "icon": self.icon,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            "crumbs": self.crumbs(),
        }

    def page_title(self) -> str:
        return str(self.title)
