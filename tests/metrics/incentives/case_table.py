"""The worked incentive cases as a table for who pays: ``python -m tests.metrics.incentives.case_table`` writes it."""

import os
from pathlib import Path

TABLE = Path(__file__).parents[3] / "docs" / "pay-cases.md"
HEAD = """# What pay comes to: cases worked by hand

Each row is one small company and what it pays, worked out by hand and checked by `make test`
(`tests/metrics/incentives/test_worked_cases.py`). Unless a row says otherwise the plan is Ann's, in dollars, stated
every month. A plan says what it pays as its page does. Written by `python -m tests.metrics.incentives.case_table` from
`tests/data/incentives/`.
"""
COLUMNS = ("Case", "What the plan says", "What happened", "What is paid", "How it comes about")
TITLES = {
    "caps_draws_rewards": "Caps, draws, bonuses and rewards",
    "cases": "Corrections, whose plan holds, periods",
    "money": "Money: currencies, margins, units, cents",
    "refused": "What is refused",
    "steps": "Steps, thresholds and true-ups",
}


def table() -> str:
    """The whole page."""
    from tests.metrics.incentives.test_worked_cases import OWN, read

    parts = [HEAD]
    for path in sorted(OWN.glob("*.yaml")):
        if path.stem == "common":
            continue
        parts.append(f"\n## {TITLES[path.stem]}\n\n{row_of(COLUMNS)}{row_of(['---'] * len(COLUMNS))}")
        parts += [row_of(cells_of(case)) for case in read(path)]
    return "".join(parts)


def row_of(cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def lines(texts) -> str:
    return "<br>".join(text for text in texts if text)


def cells_of(case) -> tuple[str, ...]:
    name = case["id"].replace("-", " ")
    paid = [f"Refused: {case['refused']}"] if "refused" in case else []
    happened = [*facts_of(case["facts"])]
    for step in case.get("steps", []):
        if "expect" in step:
            paid += paid_of(step)
        else:
            happened += done_of(step)
    return name[0].upper() + name[1:], lines(plans_of(case)), lines(happened), lines(paid), case["note"]


def plans_of(case) -> list[str]:
    from metrics.incentives.documents import terms_of
    from metrics.incentives.findings import PlanRefused
    from metrics.pay.plan_words import terms_words
    from tests.metrics.incentives.test_worked_cases import OWN, read

    common, said = read(OWN / "common.yaml")["plan"], []
    for plan in case["plans"]:
        document = {key: value for key, value in {**common, **plan}.items() if key != "publish_from"}
        about = [
            f"{key.replace('_', ' ')} {plan[key]}"
            for key in ("name", "currency", "statement_every", "accumulate", "clawback_days")
            if key in plan
        ]
        if "applies_to" in plan:
            about.append("for " + ", ".join(each for names in plan["applies_to"].values() for each in names))
        if "publish_from" in plan:
            about.append(f"from {plan['publish_from']}")
        said += [f"*{', '.join(about)}*"] if about else []
        try:
            words = terms_words(terms_of(document))
            said += [f"**{one.name}**: {' '.join(sentence(line) for line in one.lines)}" for one in words]
        except PlanRefused:
            said += [f"`{component}`" for component in plan["components"]]
    return said


def sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def facts_of(facts) -> list[str]:
    said = [
        f"{key.replace('_', ' ')}: {facts[key]}"
        for key in ("base_currency", "zone", "fiscal_year_start")
        if key in facts
    ]
    for kind in ("teams", "reps", "memberships", "products", "rates", "targets", "figures"):
        said += [f"{kind[:-1]} {named(row)}" for row in facts.get(kind, ()) if list(row) != ["email"]]
    return said + [deal_of(deal) for deal in facts.get("deals", ())]


def named(row) -> str:
    """A row whose first value is its name."""
    (_key, name), *rest = row.items()
    return f"{name}: {pairs(dict(rest))}" if rest else name


def deal_of(deal) -> str:
    rest = {key: value for key, value in deal.items() if key not in ("id", "amount", "currency", "owner", "closed_at")}
    money = f"{deal['amount']} {deal.get('currency', '')}".strip()
    text = f"{deal['id']}: {person(deal['owner'])} wins {money} on {deal['closed_at']}"
    return f"{text} ({pairs(rest)})" if rest else text


def done_of(step) -> list[str]:
    said = []
    for verb, what in step.items():
        match verb:
            case "approve":
                said.append(f"{what['period']} of {person(what['rep'])} is approved")
            case "change":
                said.append(f"on {what['on']} {what['deal']} is changed: {pairs(what['set'])}")
            case "add":
                said.append(f"added: {deal_of(what)}" if "amount" in what else f"added: {pairs(what)}")
            case "set":
                said += [f"changed: {text}" for text in facts_of(what)]
            case _:
                said.append(f"{verb}: {pairs(what) if isinstance(what, dict) else what}")
    return said


def paid_of(step) -> list[str]:
    asked, expected = step["statement"], step["expect"]
    statements = expected if isinstance(expected, list) else [expected]
    said = []
    for one in statements:
        of_plan = f" by {one['plan']}" if "plan" in one else ""
        said.append(f"**{person(asked['rep'])}, {asked['period']}{of_plan}: {one.get('total', '')}**")
        said += [line_of(line) for line in one.get("lines", ())]
        said += [f"left to pay back, {name}: {amount}" for name, amount in (one.get("balances") or {}).items()]
        said += [f"with the warning: {text}" for text in one.get("warnings") or ()]
    return said or [f"**{person(asked['rep'])}, {asked['period']}: no statement**"]


def line_of(line) -> str:
    what = line.get("kind", "commission").replace("_", " ")
    about = " ".join(
        str(line[key]) for key in ("component", "deal", "of_period") if line.get(key) not in (None, "null")
    )
    return f"{what} {about}: {line['amount']}".replace(" :", ":") if "amount" in line else f"{what} {about}".strip()


def person(email: str) -> str:
    return email.partition("@")[0].capitalize()


def pairs(row) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {value_of(value)}" for key, value in row.items())


def value_of(value) -> str:
    if isinstance(value, dict):
        return f"({pairs(value)})"
    if isinstance(value, list):
        return "; ".join(value_of(one) for one in value)
    return str(value)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salestracker.settings.test")
    import django

    django.setup()
    TABLE.write_text(table())
