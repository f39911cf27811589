import datetime

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Company
from accounts.working_days import WorkingCalendar
from accounts.working_hours import WorkingHours
from pipeline.actions.leads import create_lead
from pipeline.actions.routing import change_rule, create_rule, delete_rule, move_rule
from pipeline.imports.uploads import run_upload, take_in
from pipeline.models import Channel, Lead, RoutingRule
from pipeline.routing import preview
from pipeline.templatetags.record_words import response_clock

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)  # a Friday


@pytest.fixture
def web(db):
    return Channel.objects.create(name="Web")


@pytest.fixture
def rules(cast, web):
    """Web leads of the north go to the rival, other web leads to rep and colleague in turn."""
    told = {"by": cast.admin, "now": NOW, "channel": web}
    both = create_rule(**told, region="", reps=[cast.reps["rep"], cast.reps["colleague"]])
    north = create_rule(**told, region="North", reps=[cast.reps["rival"]])
    move_rule(rule=north, steps=-1, by=cast.admin, now=NOW)
    return north, both


def owner_of(cast, **values):
    lead = create_lead(by=None, now=NOW, name="New", **values)
    return lead.owner and lead.owner.name


class TestGiving:
    def test_the_first_rule_that_fits_gives_in_turn(self, cast, rules, web):
        assert [owner_of(cast, channel=web) for _ in range(3)] == ["Colleague", "Rep", "Colleague"]
        assert owner_of(cast, channel=web, region=" north ") == "Rival"
        assert owner_of(cast, channel=web, region="South") == "Rep"
        assert owner_of(cast) is None
        assert [rule.given for rule in RoutingRule.objects.order_by("position")] == [1, 4]

    def test_who_is_given_or_waits_in_a_queue_is_not_routed(self, cast, rules, web):
        assert owner_of(cast, channel=web, owner=cast.reps["rival"]) == "Rival"
        assert owner_of(cast, channel=web, team=cast.north) is None

    def test_a_routed_lead_was_assigned_at_once_and_counts_for_its_owners_team(self, cast, rules, web):
        lead = create_lead(by=cast.admin, now=NOW, name="New", channel=web)
        assert (lead.assigned_at, lead.first_owner, lead.first_team) == (NOW, cast.reps["colleague"], cast.north)

    def test_who_has_left_is_passed_over(self, cast, rules, web):
        cast.reps["colleague"].left_on = cast.reps["rival"].left_on = NOW.date()
        cast.reps["colleague"].save()
        cast.reps["rival"].save()
        assert [owner_of(cast, channel=web, region="North") for _ in range(2)] == ["Rep", "Rep"]

    def test_an_import_gives_open_leads_that_name_nobody(self, cast, rules, web):
        rows = [
            "name,channel,region,created_at,owner,disqualified_at,disqualified_reason",
            "One,Web,,2026-11-20,,,",
            "Two,Web,,2026-11-20,,,",
            "Three,Web,North,2026-11-20,,,",
            "Owned,Web,,2026-11-20,Rival,,",
            "Old,Web,,2026-11-01,,2026-11-02,no need",
            "Elsewhere,,,2026-11-20,,,",
        ]
        run = take_in(kind="leads", name="l.csv", content="\n".join(rows).encode(), by=cast.admin, now=NOW)
        run_upload(run, dry_run=True, now=NOW, by=cast.admin)
        assert sum(rule.given for rule in RoutingRule.objects.all()) == 0
        run_upload(run, dry_run=False, now=NOW, by=cast.admin)
        owners = dict(Lead.objects.exclude(name__startswith="Lead of").values_list("name", "owner__name"))
        assert owners == {
            "One": "Colleague", "Two": "Rep", "Three": "Rival", "Owned": "Rival", "Old": None, "Elsewhere": None,
        }  # fmt: skip
        assert Lead.objects.get(name="One").assigned_at == NOW


class TestRules:
    def test_only_admins_and_one_rule_for_the_same_leads(self, cast, rules, web):
        reps = [cast.reps["rep"]]
        with pytest.raises(NotAllowed):
            create_rule(by=cast.manager, now=NOW, channel=None, region="", reps=reps)
        with pytest.raises(ActionRefused, match="already"):
            create_rule(by=cast.admin, now=NOW, channel=web, region="north", reps=reps)
        with pytest.raises(ActionRefused, match="at least one"):
            change_rule(rule=rules[0], by=cast.admin, now=NOW, channel=web, region="North", reps=[])
        everyone = create_rule(by=cast.admin, now=NOW, channel=None, region="", reps=reps)
        assert (str(everyone), str(rules[0])) == ("Every lead", "Web, North")
        assert owner_of(cast) == "Rep"
        delete_rule(rule=everyone, by=cast.admin, now=NOW)
        assert owner_of(cast) is None

    def test_the_preview_counts_what_each_would_give(self, cast, rules, web):
        north, both = rules
        assert preview([(web.pk, ""), (web.pk, "North"), (web.pk, "x"), (None, "North")]) == (
            {both.pk: 2, north.pk: 1}, 1,
        )  # fmt: skip
        assert [rule.given for rule in RoutingRule.objects.all()] == [0, 0]

    def test_the_pages(self, client, cast, web):
        client.force_login(cast.admin)
        home = reverse("pipeline:routing_rule_list")
        assert "No rules yet" in client.get(home).content.decode()
        sent = {"channel": web.pk, "region": "", "reps": [cast.reps["rep"].pk, cast.reps["colleague"].pk]}
        assert client.post(reverse("pipeline:routing_rule_create"), sent).status_code == 302
        again = client.post(reverse("pipeline:routing_rule_create"), sent)
        assert (again.status_code, list(again.context["form"].errors)) == (422, ["__all__"])
        ((route, _leads),) = client.get(home).context["rows"]
        assert [rep.name for rep in route.reps] == ["Colleague", "Rep"]
        rule = RoutingRule.objects.get()
        edit = reverse("pipeline:routing_rule_edit", args=[rule.pk])
        assert client.post(edit, sent | {"region": "North"}).status_code == 302
        rule.refresh_from_db()
        assert rule.region == "North"
        client.post(reverse("pipeline:routing_rule_delete", args=[rule.pk]))
        assert not RoutingRule.objects.exists()


def test_a_new_lead_may_go_to_whoevers_turn_it_is(client, cast, rules, web):
    client.force_login(cast.rep)
    url = reverse("pipeline:lead_create")
    assert client.post(url, {"name": "Mia", "channel": web.pk, "whose": "rules"}).status_code == 302
    assert Lead.objects.get(name="Mia").owner == cast.reps["colleague"]
    client.force_login(cast.manager)
    assert client.post(url, {"name": "Noa", "channel": web.pk}).status_code == 302
    assert Lead.objects.get(name="Noa").owner == cast.reps["rep"]


def test_the_clock_goes_by_the_goal(cast):
    company = Company.current()
    assert WorkingHours.of(company).goal is None
    company.response_goal_minutes = 60
    hours = WorkingHours.of(company)
    assert isinstance(hours.calendar, WorkingCalendar)
    begun = datetime.datetime(2026, 11, 20, 10, tzinfo=hours.zone)
    lead = Lead(name="New", created_at=begun, status="new")
    looks = [response_clock(lead, begun + datetime.timedelta(minutes=m), hours)["look"] for m in (29, 30, 59, 60)]
    assert looks == ["neutral", "warn", "warn", "overdue"]
