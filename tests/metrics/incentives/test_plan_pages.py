"""Pages of plans: writing one, what is found in it, the second person, the worked example and the lab."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.jobs import claim_job
from accounts.models import JobRun
from metrics.incentives.documents import terms_of
from metrics.incentives.places import line_of
from metrics.incentives.plan_file import parse_document
from metrics.incentives.worked_example import worked_example
from metrics.jobs.kinds import KINDS
from metrics.jobs.work import Work
from metrics.models import PlanVersion
from metrics.pay.plan_words import terms_words
from metrics.views.plan_pages import PARTS
from tests.metrics.incentives.paying import NOW, STEPS, plan_text, publish, win

DAY = datetime.date(2026, 11, 20)
TEXT = """name: AE
currency: EUR
applies_to: {teams: [north]}
statement_every: month
components:
  - name: Bookings
    kind: commission
    rate: 0.1
"""
ATTAINED = (
    "{name: Bookings, kind: commission, threshold: {at: 0.1, pays_from: zero}, tiers: {by: attainment, "
    "of: won_revenue, mode: %s, steps: [{from: 0, rate: 0.05}, {from: 1, rate: 0.1}]}}"
)


def send(client, user, text, name="plan_create", *args):
    client.force_login(user)
    return client.post(reverse(f"metrics:{name}", args=args), {"text": text})


def test_a_plan_is_written_by_one_admin_and_approved_by_another(cast, client):
    answer = send(client, cast.admin, TEXT)
    row = PlanVersion.objects.get()
    assert answer.url == reverse("metrics:plan_detail", args=[row.pk])
    page = client.get(answer.url)
    assert "10% of the credited amount" in page.content.decode()
    assert not page.context["may_publish"]
    address = reverse("metrics:plan_publish", args=[row.pk])
    assert client.post(address, {"day": "2026-12-01"}).status_code == 403
    publish(cast, name="Other", to="teams: [south]")  # makes the second admin
    second = PlanVersion.objects.get(plan__name="Other").approved_by
    client.force_login(second)
    assert client.get(answer.url).context["may_publish"]
    assert client.post(address, {"day": "soon"}).status_code == 422
    client.post(address, {"day": "2026-12-01"})
    row.refresh_from_db()
    assert (row.published_from, row.approved_by) == (datetime.date(2026, 12, 1), second)
    assert send(client, cast.admin, TEXT.replace("0.1", "0.2"), "plan_edit", row.pk).status_code == 302
    assert [one.number for one in row.plan.versions.order_by("number")] == [1, 2]


def test_findings_name_their_line(cast, client):
    answer = send(client, cast.admin, TEXT.replace("rate: 0.1", "rate: -0.1").replace("[north]", "[nowhere]"))
    assert answer.status_code == 422
    errors = answer.context["form"].errors["text"]
    assert any(one.startswith("Line 3: applies_to.teams") for one in errors)
    assert any(one.startswith("Line 8: components[0].rate") for one in errors)
    assert "rate: -0.1" in answer.content.decode()
    assert send(client, cast.admin, "name: [").status_code == 422
    assert not PlanVersion.objects.exists()


def test_two_plans_for_the_same_people_are_refused_at_the_day(cast, client):
    publish(cast)
    draft = send(client, cast.admin, TEXT.replace("name: AE", "name: Twin"))
    second = PlanVersion.objects.get(plan__name="AE").approved_by
    client.force_login(second)
    answer = client.post(f"{draft.url}publish/", {"day": "2026-12-01"})
    assert answer.status_code == 422
    assert "two plans would hold" in answer.context["form"].errors["day"][0]


@pytest.mark.parametrize(("place", "line"), [("components[0].kind", 7), ("components[4]", 5), ("nothing", None)])
def test_a_place_is_found_in_the_text(place, line):
    assert line_of(TEXT, place) == line
    assert line_of("a: [", place) is None


@pytest.mark.parametrize(
    ("component", "so_far", "amount", "pays"),
    [
        (STEPS, 0, 1500, 10000),  # 5 % of 1,000 and 10 % of 500
        (STEPS, 1000, 200, 2000),
        (ATTAINED % "marginal", 900, 200, 1500),  # 5 % of the 100 up to the target, 10 % of the 100 above
        (ATTAINED % "retroactive", 900, 100, 5500),  # 10 % of 1,000 instead of 5 % of 900
        (ATTAINED % "marginal", 0, 99, 0),  # below the threshold of 100
        ("{name: Push, kind: spiff, per_deal: 200, from: 2020-01-01, to: 2020-02-01}", 0, 5, 20000),
        ("{name: Seats, kind: commission, basis: units, rate: 3}", 0, 7, 2100),
    ],
)
def test_the_worked_example_pays_by_hand(component, so_far, amount, pays):
    terms = terms_of(parse_document(plan_text(component=component)))
    found = worked_example(terms, amount=Decimal(amount), so_far=Decimal(so_far), target=Decimal(1000), day=DAY)
    assert found.amount == pays


def test_an_example_is_asked_in_the_address_and_bad_numbers_are_named(cast, client):
    row = publish(cast, component=STEPS)
    client.force_login(cast.manager)
    assert client.get(reverse("metrics:plan_detail", args=[row.pk])).status_code == 404  # paid nobody of the team yet
    client.force_login(cast.leader)
    address = reverse("metrics:plan_detail", args=[row.pk])
    assert client.get(f"{address}?amount=1500").context["example"]["amount"] == 100
    answer = client.get(f"{address}?amount=much")
    assert answer.status_code == 200
    assert "amount" in answer.context["example_form"].errors


def test_terms_are_told_in_words():
    words = terms_words(terms_of(parse_document(plan_text(component=STEPS))))
    assert words[0].lines == (
        "5% of the credited amount from €0 to below €1,000", "10% of the credited amount from €1,000 on",
        "Marginal: each part is paid at the rate of its own step.",
    )  # fmt: skip


def test_the_lab_shows_who_gains_and_who_loses(cast, client):
    """5 and 10 % in steps against 10 % flat: 1,500 pays 100 instead of 150, and 400 pays 20 instead of 40."""
    publish(cast)
    win(cast, 1500, "2026-09-10")
    win(cast, 400, "2026-10-10", owner="colleague")
    draft = send(client, cast.admin, plan_text(component=STEPS)).url
    asked = {"first": "2026-09", "last": "2026-10"}
    assert client.get(f"{draft}lab/", asked).context["job"] is None
    answer = client.post(f"{draft}lab/start/", asked)
    job = JobRun.objects.get(kind="plan_lab")
    assert client.get(answer.url).context["job"] == job
    outcome = KINDS["plan_lab"].run(Work(claim_job(job_id=job.pk, now=NOW), lambda: NOW))
    JobRun.objects.filter(pk=job.pk).update(state="done", result=outcome.result)
    page = client.get(answer.url)
    rows = [(row["rep"], row["total"], row["present"], row["change"]) for row in page.context["rows"]]
    assert rows == [("colleague@cast.test", 20, 40, -20), ("rep@cast.test", 100, 150, -50)]
    assert (page.context["total"], page.context["change"], page.context["lose"]) == (120, -70, 2)
    # 1,900 are sold; the largest deal, 1,500, once more in October: 10 % of all of it is 150 by the flat plan, and by
    # the steps 50 + 50 for the rep, who has none in October, 5 % of the 600 and 10 % of the 900 for the colleague.
    assert (page.context["sold"], page.context["large"]) == (1900, 1500)
    assert [(row["large"], row["large_present"]) for row in page.context["rows"]] == [(120, 150), (100, 150)]
    assert page.context["rate"] == Decimal(120) / 1900
    assert [(one["total"], one["present"]) for one in page.context["spread"]] == [
        (20, 40), (40, Decimal("67.5")), (60, 95), (80, Decimal("122.5")), (100, 150),
    ]  # fmt: skip
    client.post(f"{draft}lab/start/", {**asked, "large": "2000"})
    second = JobRun.objects.get(kind="plan_lab", key__endswith=" 2000")
    outcome = KINDS["plan_lab"].run(Work(claim_job(job_id=second.pk, now=NOW), lambda: NOW))
    assert [one["large_deal"] for one in outcome.result["reps"]] == ["150.00", "170.00"]
    assert client.get(f"{draft}lab/", {"first": "2026-10", "last": "2026-09"}).status_code == 400
    assert client.get(f"{draft}lab/", {"first": "2026"}).status_code == 400


def test_the_form_says_what_the_text_pays_without_saving_it(cast, client):
    """10 % of 10,000; after 5,000 with steps at 1,000 it is all in the second; a mistake is named with its line."""
    client.force_login(cast.admin)
    address = reverse("metrics:plan_create")
    assert client.get(address).context["preview"].example["amount"] == 500  # 5 % of 10,000 by what it begins with

    def checked(text, **numbers):
        answer = client.post(address, {"text": text, "check": "1", "amount": "10000", "so_far": "0",
                                       "target": "100000", **numbers})  # fmt: skip
        assert answer.status_code == 200
        return answer.context["preview"]

    assert checked(TEXT).example["amount"] == 1000
    assert checked(plan_text(component=STEPS), so_far="5000").example["amount"] == 1000
    assert [one.name for one in checked(TEXT).components] == ["Bookings"]
    wrong = checked(TEXT.replace("rate: 0.1", "rate: -0.1"))
    assert (wrong.example, wrong.components) == (None, [])
    assert any(one.startswith("Line 8: components[0].rate") for one in wrong.refused)
    assert checked("name: [").refused
    assert checked(TEXT, amount="much").example is None
    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize("text", [part for _label, part in PARTS])
def test_every_part_to_put_in_is_a_component(text, cast):
    document = parse_document(TEXT.rstrip() + "\n" + text.replace("the-team", "north") + "\n")
    assert len(terms_of(document).components) == 2
