"""The document of a plan that is typed in fields.

What can't be read stands in the document as it was typed, so that the text shows it too.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from metrics.forms.typed_numbers import LONGEST, document_level, document_number
from metrics.forms.typed_plan import FILTERED, STEP, TO, TOP, WHERE, TypedComponent, TypedPlan
from metrics.incentives.findings import REFUSE, Finding
from metrics.known import known_metric

MONEY = ("cap", "pays", "per_deal", "amount", "min_n")
NO_NUMBER = _("“%(text)s” is no number.")
NO_PERCENT = _("“%(text)s” is no percentage.")


def typed_document(typed: TypedPlan) -> tuple[dict[str, Any], list[Finding]]:
    """The document, and what can't be read as a number or kept."""
    writer = _Writer()
    return writer.document(typed), writer.findings


class _Writer:
    """``findings`` gather on the way."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def document(self, typed: TypedPlan) -> dict[str, Any]:
        top = {key: self.clean(key, typed.texts.get(key, "")) for key in TOP}
        top["clawback_days"] = self.number("clawback_days", top["clawback_days"])
        lists = {key: [self.clean(f"applies_to.{key}", one) for one in typed.lists.get(key, [])] for key in TO}
        document = {**{key: top[key] for key in ("name", "currency")}, "applies_to": _filled(lists)}
        document |= {key: top[key] for key in ("statement_every", "accumulate", "clawback_days")}
        components = [self.component(one, f"components[{place}]") for place, one in enumerate(typed.components)]
        return _filled({**document, "components": components})

    def component(self, one: TypedComponent, place: str) -> dict[str, Any]:
        texts = {key: self.clean(f"{place}.{key}", one.texts.get(key, "")) for key in one.keys}
        found: dict[str, Any] = {key: text for key, text in texts.items() if "." not in key}
        found |= {key: self.number(f"{place}.{key}", texts[key]) for key in MONEY if key in texts}
        if one.kind in FILTERED:
            named = {key: [self.clean(f"{place}.{key}", text) for text in one.lists.get(key, [])] for key in WHERE}
            found["where"] = _filled({key.partition(".")[2]: texts for key, texts in named.items()})
        if "paid" in found:
            self.rates(one, texts, found, place)
        if one.kind == "bonus":
            level, side = found.pop("level"), found.pop("side") or "at_least"
            found[side if side in ("at_least", "at_most") else "at_least"] = self.level(one, f"{place}.level", level)
        return _filled(found)

    def rates(self, one: TypedComponent, texts: dict[str, str], found: dict[str, Any], place: str) -> None:
        """Rate or tiers, and the threshold."""
        del found["paid"]
        if one.has_tiers:
            del found["rate"]
            of = texts["tiers.of"] if one.steps_are_shares else ""
            tiers = {"by": texts["tiers.by"], "of": of, "mode": texts["tiers.mode"], "steps": self.steps(one, place)}
            found["tiers"] = _filled(tiers)
        else:
            found["rate"] = self.number(f"{place}.rate", texts["rate"], is_share=one.rates_are_shares)
        if texts["threshold.pays_from"]:
            is_share = one.threshold_is_share
            found["threshold"] = _filled({
                "at": self.number(f"{place}.threshold.at", texts["threshold.at"], is_share=is_share),
                "pays_from": texts["threshold.pays_from"], "by": texts["threshold.by"],
                "of": texts["threshold.of"] if is_share and texts["threshold.by"] else "",
            })  # fmt: skip

    def steps(self, one: TypedComponent, place: str) -> list[dict[str, str]]:
        found = []
        for number, step in enumerate(one.steps):
            shares = {"from": one.steps_are_shares, "rate": one.rates_are_shares}
            names = {key: f"{place}.tiers.steps[{number}].{key}" for key in STEP}
            texts = {key: self.clean(names[key], step.get(key, "")) for key in STEP}
            found.append(_filled({key: self.number(names[key], texts[key], is_share=shares[key]) for key in STEP}))
        return found

    def clean(self, place: str, text: str) -> str:
        """The text, where it can be kept: NUL and half characters can't."""
        kept = "".join(sign for sign in text if sign.isprintable() or sign.isspace() or ord(sign) > 0x9F)
        kept = kept.encode("utf-8", "ignore").decode()
        if kept != text:
            self.findings.append(Finding(REFUSE, place, _("has characters that can’t be kept.")))
        return kept

    def number(self, place: str, text: str, *, is_share: bool = False) -> str:
        try:
            return document_number(text, is_share=is_share)
        except ValueError:
            self.findings.append(
                Finding(REFUSE, place, NO_PERCENT if is_share else NO_NUMBER, values={"text": text[:60]})
            )
            return text

    def level(self, one: TypedComponent, place: str, text: str) -> str:
        try:
            level = document_level(text)
        except ValueError:
            self.findings.append(Finding(REFUSE, place, NO_NUMBER, values={"text": text[:60]}))
            return text
        metric = known_metric(one.texts.get("metric", ""))
        if metric is not None and metric.unit == "percent" and not text.endswith("%"):
            self.meant(place, level)
        return level

    def meant(self, place: str, level: str) -> None:
        """35 of a percentage may mean 35 % or 3,500 %."""
        if len(level) <= LONGEST and level and abs(Decimal(level)) > 1:
            pattern = _("“%(level)s” may mean %(level)s%% or %(hundredfold)s%%; write a %% sign.")
            values = {"level": level, "hundredfold": f"{Decimal(level) * 100:f}"}
            self.findings.append(Finding(REFUSE, place, pattern, values=values))


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in ("", {}, [], None)}
