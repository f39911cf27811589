"""A plan in fields is the same as its text, both ways round, for every worked case."""

import datetime
from decimal import Decimal
from random import Random

import pytest
from django.http import QueryDict
from django.utils import translation

from metrics.forms.opened_documents import Unopened, text_of, typed_of
from metrics.forms.typed_plan import read_typed
from metrics.incentives.documents import document_of, terms_of
from metrics.incentives.findings import PlanRefused
from metrics.incentives.plan_file import dump_document, parse_document
from metrics.pay.statement_rows import kind_word
from metrics.views.plan_pages import fields_form
from tests.conftest import PUBLIC_DATA
from tests.independent.pay.random_plans import random_plan
from tests.metrics.incentives.sent_form import SentForm
from tests.metrics.incentives.test_plan_files import WHOLE
from tests.metrics.incentives.test_worked_cases import own_cases, read

SHARED = sorted((PUBLIC_DATA.parent / "incentive_cases").glob("*.yaml"))


def plans_of(case):
    return [{key: value for key, value in plan.items() if key != "publish_from"} for plan in case["plans"]]


def through_fields(document, render=None):
    """The document after a browser showed it in fields and sent them, and a text was made of that."""
    typed = typed_of(document)
    data = QueryDict(mutable=True)
    for name, values in render(typed) if render else typed.data().lists():
        data.setlist(name, values)
    return parse_document(text_of(read_typed(data)))


def shown(typed):
    from django.template.loader import render_to_string

    kinds = [{"press": f"add:{kind}", "word": kind_word(kind)} for kind in ("commission", "draw")]
    context = {"form": fields_form(typed), "kinds": kinds, "cancel_url": "/", "verb": "Save"}
    return SentForm(render_to_string("metrics/_plan_fields.html", context)).data.items()


def check_round_trip(case, render=None):
    for document in plans_of(case):
        try:
            terms = terms_of(document)
        except PlanRefused:
            continue
        assert document_of(terms_of(through_fields(document, render))) == document_of(terms)


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_own_case_is_the_same_through_fields(language, db):
    with translation.override(language):
        for case in own_cases():
            check_round_trip(case)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_fields_send_what_they_show(language, db):
    with translation.override(language):
        for case in own_cases()[::3]:
            check_round_trip(case, shown)
        document = parse_document(WHOLE)
        assert terms_of(through_fields(document, shown)) == terms_of(document)


@pytest.mark.parametrize("language", ["en", "de", "de-ch", "fr"])
def test_random_plans_are_the_same_through_fields(language, db):
    rng = Random(f"fields {language}")  # noqa: S311, plans, no secrets
    with translation.override(language):
        for number in range(120):
            currency = rng.choice(("EUR", "JPY", "KWD"))
            applies = {"reps": [f"Rep{number}@example.com"], "teams": ["emea", "apac"]}
            plan = random_plan(rng, f"Plan {number}", currency, datetime.date(2026, 1, 1), applies, wide=True)
            check_round_trip({"plans": [plan]}, shown if number % 20 == 0 else None)


@pytest.mark.data
@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_each_shared_case_is_the_same_through_fields(path, db):
    check_round_trip(read(path), shown)


def test_numbers_are_typed_as_people_write_them(db):
    """5.5 % is 0.055 and 60 % of a target 0.6; in German the decimals stand behind a comma and 1.000 is a thousand."""
    terms = terms_of(parse_document(WHOLE))
    typed = typed_of(parse_document(WHOLE.replace("0.05}", "0.0555}")))
    steps = typed.components[0].steps
    assert steps == [{"from": "0", "rate": "5.55"}, {"from": "50", "rate": "8"}]
    assert typed.components[0].texts["threshold.at"] == "40"
    assert typed.components[1].texts["level"] == "35%"
    with translation.override("de"):
        assert typed_of(parse_document(WHOLE.replace("0.05}", "0.0555}"))).components[0].steps[0]["rate"] == "5,55"
        data = typed_of(document_as_texts(terms)).data()
        data["components[0].tiers.steps[0].rate"] = "5,5 %"
        data["components[0].cap"] = "1.000"
        changed = terms_of(parse_document(text_of(read_typed(data)))).components[0]
    assert (changed.steps[0].rate, changed.cap) == (Decimal("0.055"), Decimal(1000))


def document_as_texts(terms):
    return parse_document(dump_document(document_of(terms)))


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("cap:", "capp:"),
        WHOLE.replace("rate: 0.01", "rate: 0.01, tiers: {by: amount, mode: marginal, steps: [{from: 0, rate: 1}]}"),
        WHOLE.replace("at_least: 0.35", "at_least: 0.35, at_most: 0.5"),
        WHOLE.replace("0.05}", "5%}"),
        "{name: A, components: [text]}",
        "{name: A, components: {a: 1}}",
        "{name: {a: 1}}",
        "{name: A, components: [" + ", ".join("{name: B, kind: draw}" for _number in range(60)) + "]}",
    ],
)
def test_what_fields_can_not_hold_stays_a_text(text, db):
    with pytest.raises(Unopened):
        typed_of(parse_document(text))


def test_a_threshold_of_another_target_than_the_steps_is_its_own(db):
    text = WHOLE.replace("pays_from: zero}", "pays_from: zero, of: won_deals}")
    typed = typed_of(parse_document(text))
    assert typed.components[0].texts["threshold.by"] == "attainment"
    assert terms_of(through_fields(parse_document(text), shown)) == terms_of(parse_document(text))
