"""Lines of statements in the reader's language; what is kept, hashed and sent stays plain English."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import Company
from metrics.actions.plans import TWO_PLANS, add_version
from metrics.actions.statements import approve_statements
from metrics.incentives.commissions import NO_TARGET, NOT_REACHED
from metrics.incentives.documents import terms_of
from metrics.incentives.parts import NO_AMOUNT, NO_COST, NO_RATE
from metrics.incentives.plan_file import parse_document
from metrics.incentives.rewards import NO_FIGURE
from metrics.incentives.statements import TOO_LATE, statements_of
from metrics.pay.line_words import FIXED, about_words, line_words
from metrics.pay.plan_words import frame_words, terms_words
from pipeline.actions.deals import change_deal
from tests.metrics.incentives.by_hand import month
from tests.metrics.incentives.paying import NOW, STEPS, plan_text, publish, win

THRESHOLD = "{name: Bookings, kind: commission, rate: 0.1, threshold: {at: 5000, by: amount, pays_from: zero}}"


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("50,000.5 USD x 0.05, the step from 0.5", "50.000,5 USD x 0,05, die Stufe ab 0,5"),
        ("-1,000 units x 2", "-1.000 Einheiten x 2"),
        ("75.00 EUR for this deal", "75,00 EUR für diesen Deal"),
        (
            "win_rate of 2026-Q4 is 0.4 (n = 12), at least 0.35",
            "Abschlussquote für Q4 2026 ist 0,4 (n = 12), mindestens 0,35",
        ),
        ("2026-10 now comes to 1500.00 instead of 900.00", "Oktober 2026 ergibt nun 1.500,00 statt 900,00"),
        ("2000.00 is due, -10.50 earned", "2.000,00 stehen zu, -10,50 verdient"),
        ("pays back of 300.00 drawn before", "zahlt von vorher vorgeschossenen 300,00 zurück"),
        ("n below 5", "n unter 5"),
        ("D001: amount missing", "D001: Betrag fehlt"),
        ("2026-10: A: b: no exchange rate", "2026-10: A: b: kein Wechselkurs"),
        ("something else", "something else"),
    ],
)
def test_each_sentence_is_told_in_german(text, german):
    assert line_words(text) == text
    with translation.override("de"):
        found = line_words(text)
    assert found.replace("−", "-") == german


def test_a_dispute_and_a_version_are_named_in_german(cast):
    about = "1. Bookings · 3364: 3523.20 EUR (88,080 EUR x 0.04, the step from 0)"
    version = publish(cast)
    assert (about_words(about), version.label) == (about, str(version))
    with translation.override("de"):
        assert about_words(about) == "1. Bookings · 3364: 3.523,20\u00a0€ (88.080 EUR x 0,04, die Stufe ab 0)"
        assert (version.label, str(version)) == ("AE, Version 1", "AE, version 1")


def test_what_a_plan_is_for_is_named_in_german():
    terms = terms_of(parse_document(plan_text(
        to="roles: [rep]", component="{name: A, kind: commission, rate: 0.1, where: {deal_kind: [renewal]}}"
    )))  # fmt: skip
    with translation.override("de"):
        assert frame_words(terms)[0] == ("Für", "Rolle Vertrieb")
        assert terms_words(terms)[0].lines[-1] == "Nur Art Verlängerung."


def test_every_word_of_the_engine_is_known():
    for text in (NO_TARGET, NOT_REACHED, NO_AMOUNT, NO_COST, NO_RATE, NO_FIGURE, TOO_LATE):
        assert text in FIXED
    with translation.override("de"):
        assert [text for text in FIXED if line_words(text) == text] == []
        assert translation.gettext(TWO_PLANS) != TWO_PLANS


def test_what_is_kept_and_hashed_does_not_depend_on_the_language(cast):
    """A corrected month, with an adjustment, a threshold that is not reached, and steps."""
    publish(cast, component=f"{STEPS}, {THRESHOLD.replace('Bookings', 'More')}")
    deal = win(cast, 1500, "2026-09-10")
    with translation.override("de"):
        row = approve_statements(rep=cast.reps["rep"], period=month("2026-09"), by=cast.admin, now=NOW)[0]
    assert list(row.lines.values_list("text", flat=True)) == [
        "1,000 EUR x 0.05, the step from 0", "500 EUR x 0.1, the step from 1000",
    ]  # fmt: skip
    assert row.warnings == ["threshold not reached"]
    change_deal(deal=deal, by=None, now=NOW + datetime.timedelta(minutes=1), amount=Decimal(1400))
    told = []
    for language in ("en", "de"):
        with translation.override(language):
            views = statements_of(cast.reps["rep"], month("2026-10"), company=Company.current(), now=NOW)
            told.append([view.as_json() for view in views])
    assert told[0] == told[1]
    assert told[0][0]["lines"][0]["text"] == "was changed after its period was approved"
    assert told[0][0]["hash"]


def test_the_page_says_it_in_the_language_of_the_reader(cast, client):
    publish(cast, component=f"{STEPS}, {THRESHOLD.replace('Bookings', 'More')}")
    win(cast, 1500, "2026-09-10")
    row = approve_statements(rep=cast.reps["rep"], period=month("2026-09"), by=cast.admin, now=NOW)[0]
    client.force_login(cast.admin)
    address = reverse("metrics:statement_detail", args=[row.pk])
    english = client.get(address).content.decode()
    cast.admin.language = "de"
    cast.admin.save()
    german = client.get(address).content.decode()
    assert "500 EUR x 0.1, the step from 1000" in english
    assert "threshold not reached" in english
    assert "500 EUR x 0,1, die Stufe ab 1.000" in german
    assert "Schwelle nicht erreicht" in german
    assert "the step from" not in german


def test_two_plans_for_the_same_people_are_refused_in_german(cast, client):
    publish(cast)
    client.force_login(cast.admin)
    text = (
        "name: Twin\ncurrency: EUR\napplies_to: {teams: [north]}\nstatement_every: month\n"
        "components: [{name: Bookings, kind: commission, rate: 0.1}]\n"
    )
    draft = add_version(terms=terms_of(parse_document(text)), by=cast.admin, now=NOW)
    second = type(cast.admin).objects.get(email="second@cast.test")
    second.language = "de"
    second.save()
    client.force_login(second)
    answer = client.post(reverse("metrics:plan_publish", args=[draft.pk]), {"day": "2026-12-01"})
    assert "zwei Pläne würden für dieselben Personen gelten: Twin und AE." in answer.content.decode()
