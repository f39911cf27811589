"""The page of a plan's fields: built up by buttons alone, what is typed wrong, whatever else is sent."""

from decimal import Decimal

import pytest
from django.urls import reverse

from metrics.forms.typed_plan import MOST_COMPONENTS
from metrics.incentives.documents import terms_of
from metrics.incentives.plan_file import parse_document
from metrics.models import PlanVersion
from pipeline.models import Product
from tests.metrics.incentives.paying import publish
from tests.metrics.incentives.sent_form import SentForm, sent_by
from tests.metrics.incentives.test_plan_files import WHOLE

ADDRESS = "/plans/new/"
HEAD = {"as": "fields", "name": "AE", "currency": "EUR", "statement_every": "month"}
ONE = {**HEAD, "components[0].kind": "commission", "components[0].name": "Bookings", "components[0].paid": "flat"}


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def test_a_half_written_plan_goes_both_ways(admin):
    """Nothing is lost that is typed, also where it can't be a plan yet."""
    sent = {**ONE, "components[0].rate": "a lot", "currency": ""}
    answer = admin.post(ADDRESS, {**sent, "do": "text"})
    text = answer.context["form"]["text"].value()
    assert parse_document(text)["components"] == [{"kind": "commission", "name": "Bookings", "rate": "a lot"}]
    back = admin.post(ADDRESS, {"as": "text", "text": text, "do": "fields"})
    assert back.status_code == 200
    assert sent_by(back)["components[0].rate"] == ["a lot"]


def test_a_text_with_a_mistake_stays_a_text_with_its_line(admin):
    answer = admin.post(ADDRESS, {"as": "text", "text": WHOLE.replace("cap:", "capp:"), "do": "fields"})
    assert (answer.status_code, answer.context["view"]) == (422, "text")
    assert "capp" in answer.context["form"].errors["text"][0]
    assert admin.post(ADDRESS, {"as": "text", "text": "name: [", "do": "fields"}).status_code == 422


def test_a_plan_is_built_by_buttons_alone(admin):
    """No script: every button loads the page with all that is typed; the first page begins with a commission."""
    answer = admin.get(ADDRESS)
    sent = sent_by(answer, name=["Built"])
    answer = admin.post(ADDRESS, {**sent, "do": "remove:0"})
    assert not answer.context["form"].cards
    answer = admin.post(ADDRESS, {**sent_by(answer), "do": "add:commission"})
    sent = sent_by(answer)
    assert sent["name"] == ["Built"]
    assert SentForm(answer.content.decode()).focused == ["components[0].name"]
    sent |= {"components[0].paid": ["tiers"], "components[0].tiers.steps[0].rate": ["5"]}
    answer = admin.post(ADDRESS, {**sent, "do": "step:0"})
    sent = sent_by(answer)
    assert sent["components[0].tiers.steps[0].rate"] == ["5"]
    sent |= {"components[0].tiers.steps[1].from": ["100"], "components[0].tiers.steps[1].rate": ["7.5"]}
    answer = admin.post(ADDRESS, {**sent, "do": "add:draw"})
    answer = admin.post(ADDRESS, {**sent_by(answer), "components[1].amount": "2,000", "do": "up:1"})
    sent = sent_by(answer)
    assert [sent[f"components[{place}].kind"] for place in (0, 1)] == [["draw"], ["commission"]]
    assert admin.post(ADDRESS, {**sent, "do": "unstep:1:1"}).context["form"].cards[1].steps[1:] == []
    answer = admin.post(ADDRESS, {**sent, "check": "1"})
    assert not answer.context["form"].errors
    assert answer.context["preview"].example["amount"] == 500  # 5 % of 10,000, the target is 100,000
    assert admin.post(ADDRESS, sent).status_code == 302
    row = PlanVersion.objects.get()
    draw, commission = terms_of(row.content).components
    assert (draw.amount, draw.name, draw.recoverable) == (2000, "Draw", True)
    assert [(step.start, step.rate) for step in commission.steps] == [(0, Decimal("0.05")), (1, Decimal("0.075"))]
    assert (commission.tiers.of, commission.tiers.mode) == ("won_revenue", "marginal")


def test_what_attainment_pays_is_told(admin):
    """Of a target of 1,000: 5 % up to it, 12.5 % above; 50 + 62.5 for one and a half. Retroactive: 12.5 % of it all."""
    steps = {"components[0].paid": "tiers", "components[0].tiers.by": "attainment",
             "components[0].tiers.mode": "marginal", "components[0].tiers.of": "won_revenue",
             "components[0].tiers.steps[0].from": "0",
             "components[0].tiers.steps[0].rate": "5", "components[0].tiers.steps[1].from": "100",
             "components[0].tiers.steps[1].rate": "12.5"}  # fmt: skip

    def told(**changed):
        sent = {**ONE, **steps, **changed, "check": "1", "amount": "1", "so_far": "0", "target": "1000"}
        return admin.post(ADDRESS, sent)

    rows = told().context["preview"].payouts
    assert [str(one.amount) for one in rows] == ["25.00", "40.00", "50.00", "75.00", "112.50"]
    assert [one.rate for one in rows] == [Decimal(text) for text in ("0.05", "0.05", "0.05", "0.0625", "0.075")]
    rows = told(**{"components[0].tiers.mode": "retroactive"}).context["preview"].payouts
    assert [str(one.amount) for one in rows] == ["25.00", "40.00", "125.00", "150.00", "187.50"]
    by_unit = told(**{"components[0].basis": "units"})
    assert by_unit.context["preview"].payouts[2].rate is None
    assert "paid by the unit" in by_unit.content.decode()
    assert told(**{"components[0].kind": "draw", "components[0].amount": "1"}).context["preview"].payouts == []


def test_editing_a_version_makes_the_next_one(admin, cast):
    row = publish(cast)
    address = reverse("metrics:plan_edit", args=[row.pk])
    sent = sent_by(admin.get(address))
    assert sent["components[0].rate"] == ["10"]
    answer = admin.post(address, {**sent, "components[0].rate": "12.5"})
    newest = row.plan.versions.order_by("-number").first()
    assert answer.url == reverse("metrics:plan_detail", args=[newest.pk])
    assert (newest.number, terms_of(newest.content).components[0].rate) == (2, Decimal("0.125"))
    assert terms_of(newest.content).applies_to.teams == ("north",)


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"components[0].rate": "much"}, "components[0].rate", "“much” is no percentage."),
        ({"components[0].rate": "-1"}, "components[0].rate", "Must not be below 0."),
        ({"components[0].rate": ""}, "components[0].rate", "Is missing."),
        ({"components[0].rate": "5", "components[0].cap": "0"}, "components[0].cap", "Must be above 0."),
        ({"components[0].rate": "5", "components[0].cap": "9" * 500}, "components[0].cap", "is no number such as"),
        ({"components[0].rate": "5", "components[0].name": "a\0b"}, "components[0].name", "can’t be kept"),
        ({"components[0].rate": "5", "clawback_days": "1.5"}, "clawback_days", "1.5 is no whole number from 0 on."),
        ({"components[0].rate": "5", "currency": "XYZ"}, "currency", "XYZ"),
        ({"components[0].rate": "5", "currency": ""}, "currency", "Is missing."),
        ({"components[0].rate": "5", "statement_every": "week"}, "statement_every", "“week” is not possible."),
        ({"components[0].rate": "5", "applies_to.teams": "nowhere"}, "applies_to.teams", "Unknown team “nowhere”."),
        ({"components[0].rate": "5", "components[0].where.product": "none"}, "components[0].where.product", "Unknown"),
        ({"components[0].paid": "tiers"}, "components[0].paid", "Is missing."),
        ({"components[0].paid": "tiers", "components[0].tiers.by": "amount", "components[0].tiers.mode": "marginal"},
         "components[0].paid", "Add a step."),
        ({"components[0].rate": "5", "components[0].threshold.pays_from": "zero"}, "components[0].threshold.at",
         "Is missing."),
        ({"components[0].kind": "bonus", "components[0].metric": "luck"}, "components[0].level", "Is missing."),
        ({"components[0].kind": "bonus", "components[0].metric": "win_rate", "components[0].level": "35",
          "components[0].pays": "1"}, "components[0].level", "“35” may mean 35% or 3500%"),
        ({"components[0].kind": "spiff", "components[0].per_deal": "9", "components[0].from": "2026-02-30"},
         "components[0].from", "“2026-02-30” is no day"),
        ({"components[0].kind": "spiff", "components[0].per_deal": "9", "components[0].from": "2026-03-01",
          "components[0].to": "2026-02-01"}, "components[0].to", "lies before"),
        ({"components[0].kind": "override", "components[0].rate": "1"}, "components[0].of_team", "Is missing."),
        ({"components[0].kind": "prize"}, "__all__", "“prize” is not possible."),
        ({"components[0].rate": "5", "components[1].kind": "commission", "components[1].paid": "flat",
          "components[1].rate": "5", "components[1].name": "Bookings"}, "__all__", "Two are named “Bookings”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(admin, sent, field, said):
    answer = admin.post(ADDRESS, {**ONE, **sent})
    assert answer.status_code == 422
    assert any(said in text for text in answer.context["form"].errors[field]), answer.context["form"].errors
    assert not PlanVersion.objects.exists()
    again = sent_by(answer)
    for name, text in sent.items():
        if "\0" not in text:
            assert text in again[name], name


def test_the_first_field_that_is_wrong_gets_the_focus(admin):
    answer = admin.post(ADDRESS, {**ONE, "components[0].rate": "x", "components[0].cap": "y"})
    assert SentForm(answer.content.decode().partition("<main")[2]).focused == ["components[0].rate"]


def test_who_changes_from_one_rate_to_steps_finds_what_is_usual(admin, cast):
    """What the fields offer for a choice that is not made says nothing: as text it is still one rate."""
    row = publish(cast)
    sent = sent_by(admin.get(reverse("metrics:plan_edit", args=[row.pk])))
    assert sent["components[0].tiers.steps[0].from"] == ["0"]
    assert sent["components[0].tiers.of"] == ["won_revenue"]
    text = admin.post(ADDRESS, {**sent, "do": "text"}).context["form"]["text"].value()
    assert "tiers" not in text
    assert terms_of(parse_document(text)) == terms_of(row.content)


def test_steps_that_do_not_rise_are_named_at_the_step(admin):
    steps = {"components[0].paid": "tiers", "components[0].tiers.by": "amount", "components[0].tiers.mode": "marginal",
             "components[0].tiers.steps[0].from": "0", "components[0].tiers.steps[0].rate": "5",
             "components[0].tiers.steps[7].from": "100", "components[0].tiers.steps[7].rate": "6",
             "components[0].tiers.steps[9].from": "100", "components[0].tiers.steps[9].rate": "7"}  # fmt: skip
    errors = admin.post(ADDRESS, {**ONE, **steps}).context["form"].errors
    assert errors == {"components[0].tiers.steps[2].from": ["Steps rise: it starts above the step before it."]}


def test_what_is_only_empty_yet_is_counted_while_one_types_and_named_on_asking(admin):
    live = admin.post(ADDRESS, {**ONE, "check": "live"})
    assert not live.context["form"].errors
    assert live.context["preview"].missing == 1
    asked = admin.post(ADDRESS, {**ONE, "check": "1"})
    assert asked.context["form"].errors == {"components[0].rate": ["Is missing."]}
    wrong = admin.post(ADDRESS, {**ONE, "components[0].rate": "x", "check": "live"})
    assert wrong.context["form"].errors


def test_warnings_stand_at_their_field(admin):
    sent = {**ONE, "components[0].kind": "spiff", "components[0].per_deal": "9", "check": "live"}
    form = admin.post(ADDRESS, sent).context["form"]
    assert form.fields["components[0].cap"].warnings == [
        "Has neither a cap nor a last day: what it may cost has no end."
    ]


def test_errors_are_said_in_the_readers_language(admin):
    answer = admin.post(ADDRESS, {**ONE, "components[0].rate": "-1"}, headers={"accept-language": "de"})
    assert answer.context["form"].errors["components[0].rate"] == ["Darf nicht unter 0 liegen."]


@pytest.mark.parametrize(
    "sent",
    [
        {"as": "fields"},
        {"as": "fields", "do": "add:commission"},
        {"as": "fields", "do": "text"},
        {"as": "fields", "components[0].name": "no kind"},
        {"as": "fields", **{f"components[{place}].kind": "commission" for place in range(900)}},
        {"as": "fields", "components[9999].kind": "draw", "components[99999].kind": "draw", "components[-1].kind": "x"},
        {"as": "fields", **{f"components[0].tiers.steps[{place}].rate": "1" for place in range(900)},
         "components[0].kind": "commission", "components[0].paid": "tiers"},
        {"as": "fields", "components[0].tiers.steps[0].rate": "1", "components[0].kind": "draw"},
        {**ONE, "components[0].threshold.pays_from": "x", "components[0].basis": "gold", "components[0].paid": "y"},
        {**ONE, "do": "remove:99"}, {**ONE, "do": "up:-1"}, {**ONE, "do": "unstep:0:99"}, {**ONE, "do": "add:prize"},
        {**ONE, "do": "step:" + "9" * 400}, {**ONE, "do": "\0"}, {**ONE, "do": "step:0:0:0"},
        {**ONE, "components[0].rate": "1e999"}, {**ONE, "components[0].rate": "NaN"},
        {**ONE, "components[0].rate": "²"},
        {**ONE, "components[0].rate": "1,2.3,4"},
        {**ONE, "name": "x" * 100_000}, {**ONE, "name": "\ud800"}, {**ONE, "as": "elsewhere"}, {**ONE, "as": ""},
        {**ONE, "amount": "x", "so_far": "\0", "target": "9" * 300, "check": "1"},
        {**ONE, "currency": "\u202e", "statement_every": "", "accumulate": "x", "check": "live"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("button", [{}, {"check": "live"}, {"do": "text"}])
def test_whatever_is_sent_is_answered(admin, sent, button):
    pairs = {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in sent.items()
    }
    answer = admin.post(ADDRESS, {**pairs, **button})
    assert answer.status_code in (200, 422)
    assert len(getattr(answer.context["form"], "cards", [])) <= MOST_COMPONENTS
    assert not PlanVersion.objects.exists()


def test_a_plan_too_long_for_fields_opens_as_text(admin, cast):
    row = publish(cast)
    rows = [{"name": f"C{number}", "kind": "commission", "rate": "0.1"} for number in range(60)]
    row.content = {**row.content, "components": rows}
    PlanVersion.objects.filter(pk=row.pk).update(content=row.content)
    address = reverse("metrics:plan_edit", args=[row.pk])
    assert admin.get(address).context["view"] == "text"


def test_many_names_are_looked_for_and_few_are_ticked(admin, cast):
    for number in range(14):
        Product.objects.create(name=f"Product {number:02}", sku=f"P{number:02}")
    sent = {**ONE, "components[0].rate": "5", "components[0].where.product": ["P13", "P03", ""]}
    answer = admin.post(ADDRESS, {**sent, "check": "1"})
    assert not answer.context["form"].errors
    html = answer.content.decode()
    assert '<datalist id="names-product">' in html
    again = sent_by(answer)
    assert again["components[0].where.product"] == ["P13", "P03", ""]
    assert answer.context["preview"].components[0].lines[-1] == "Only product P13, P03."
