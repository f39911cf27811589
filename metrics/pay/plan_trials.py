"""The plan lab's result in words and figures: cost, cost of sale, how pay is spread, who gains, one large deal."""

import statistics
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from metrics.pay.line_words import line_words

MOST_DRAWN = 40


def compared(result: dict[str, Any]) -> dict[str, Any]:
    """The trial's reps with what they gain or lose, the largest gain first.

    The difference is None for who is paid in another currency by the present plans.
    """
    currency = result["currency"]
    rows = []
    for one in result["reps"]:
        others = {code: Decimal(text) for code, text in one["present"].items() if code != currency}
        present, total = Decimal(one["present"].get(currency, "0")), Decimal(one["total"])
        sold = Decimal(one.get("sold", "0"))
        rows.append({
            "rep": one["rep"], "total": total, "present": present, "others": sorted(others.items()), "sold": sold,
            "change": None if others else total - present, "warnings": [line_words(text) for text in one["warnings"]],
            "rate": _rate(total, sold), "large": Decimal(one.get("large_deal", "0")),
            "large_present": Decimal(one.get("large_deal_present", {}).get(currency, "0")),
        })  # fmt: skip
    rows.sort(key=lambda row: (row["change"] is None, -(row["change"] or 0), row["rep"]))
    total, present, sold = (sum((row[name] for row in rows), Decimal(0)) for name in ("total", "present", "sold"))
    changes = [row["change"] for row in rows if row["change"] is not None]
    return {
        "currency": currency,
        "rows": rows,
        "total": total,
        "present": present,
        "sold": sold,
        "rate": _rate(total, sold),
        "present_rate": _rate(present, sold),
        "change": total - present,
        "gain": sum(1 for change in changes if change > 0),
        "lose": sum(1 for change in changes if change < 0),
        "large": Decimal(result.get("large_deal", "0")),
        "spread": spread_of(rows),
        "chart": _chart(rows, currency) if rows else None,
    }


def _rate(paid: Decimal, sold: Decimal) -> Decimal | None:
    """The cost of sale; None where nothing was sold."""
    return paid / sold if sold > 0 else None


def spread_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How pay is spread over the reps: lowest, quarters and highest, by this version and by the plans that held."""
    if not rows:
        return []
    found = []
    sides = [sorted(row[name] for row in rows) for name in ("total", "present")]
    quarters = [_quarters(side) for side in sides]
    words = (_("Lowest"), _("A quarter earns less than"), _("Half earn less than"), _("Three quarters earn less than"),
             _("Highest"))  # fmt: skip
    for place, label in enumerate(words):
        found.append({"label": label, "total": quarters[0][place], "present": quarters[1][place]})
    return found


def _quarters(values: list[Decimal]) -> list[Decimal]:
    """Lowest, lower quarter, median, upper quarter, highest, between the values where they fall between two."""
    if len(values) == 1:
        return values * 5
    lower, middle, upper = statistics.quantiles(values, n=4, method="inclusive")
    return [values[0], Decimal(lower), Decimal(middle), Decimal(upper), values[-1]]


def _chart(rows: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    """Pay by rep, the best paid first, for components/chart_figure.html."""
    drawn = sorted(rows, key=lambda row: (-row["total"], row["rep"]))[:MOST_DRAWN]
    best = drawn[0]
    words = {"rep": best["rep"], "most": formats.money(best["total"], currency), "n": len(rows), "drawn": len(drawn)}
    summary = _("%(rep)s would be paid most, %(most)s.") % words
    if len(drawn) < len(rows):
        summary += " " + _("The %(drawn)s best paid of %(n)s are drawn.") % words
    sets = ((_("This version"), "total", "c1"), (_("Plans that held"), "present", "c2"))
    return {
        "id": "lab-chart",
        "title": _("Pay by rep"),
        "summary": summary,
        "alt": _("Bars: pay by rep, by this version and by the plans that held. The table below has the same figures."),
        "key": [{"swatch": "" if colour == "c1" else colour, "label": label} for label, _name, colour in sets],
        "spec": {
            "labels": [row["rep"].partition("@")[0] for row in drawn],
            "format": "money",
            "currency": currency,
            "sets": [
                {"label": label, "data": [f"{row[name]:f}" for row in drawn], "colour": colour}
                for label, name, colour in sets
            ],
        },
        "heads": [_("Rep"), *(label for label, _name, _colour in sets)],
        "rows": [
            {
                "label": row["rep"],
                "cells": [formats.money(row[name], currency, cents=True) for _label, name, _colour in sets],
            }
            for row in drawn
        ],
    }
