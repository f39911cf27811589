"""What a definition may be: each mistake is refused at its field, with what is possible."""

import pytest

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import AuditEntry
from metrics.actions.definitions import define_metric, redefine_metric, restore_metric, retire_metric
from metrics.catalogue import METRICS
from metrics.checks import problems_of
from metrics.composing import check_slug, compose
from metrics.errors import QuestionRefused
from metrics.fingerprints import fingerprint
from metrics.known import known_metric, known_metrics
from metrics.measures.registered import blocks, is_part
from metrics.measures.words import WORDS
from metrics.models import MetricDefinition, MetricVersion
from tests.metrics.books import NOW, at, write_book
from tests.metrics.definitions.made import WEB, define, told

TWINS = {
    "won_revenue": {"top": "won_money"},
    "win_rate": {"top": "won", "bottom": "closed", "shown_as": "percent"},
    "sales_cycle_length": {"top": "cycle_total", "bottom": "cycle_deals"},
    "units_sold": {"top": "line_units"},
    "weighted_pipeline": {"top": "open_weighted"},
    "open_pipeline": {"top": "open_money"},
    "lead_qualification_rate": {"top": "leads_qualified", "bottom": "leads", "shown_as": "percent"},
    "cost_per_lead": {"top": "marketing_spend", "bottom": "leads"},
    "talk_minutes": {"top": "talk_minutes"},
}


@pytest.mark.parametrize("slug", TWINS)
def test_the_same_parts_come_to_the_definition_of_the_catalogue(slug):
    made, metric = compose(told("twin", **TWINS[slug])), METRICS[slug]
    assert fingerprint(made) == fingerprint(metric)
    assert (made.unit, set(made.dimensions)) == (metric.unit, set(metric.dimensions) | set(made.dimensions))
    assert set(metric.dimensions) <= set(made.dimensions)


def test_every_registered_measure_makes_a_sound_metric_with_words():
    assert len(blocks()) >= 60
    for key, block in blocks().items():
        assert key in WORDS, key
        assert list(problems_of(compose(told("alone", top=key)))) == [], key
        assert list(problems_of(compose(told("counted", top=key, bottom="won")))) == [] if block.scale == 1 else True


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": " "}, "name", "may not be empty"),
        ({"meaning": ""}, "meaning", "may not be empty"),
        ({"better": "more"}, "better", "higher, lower, neutral, range"),
        ({"top": "secrets"}, "top", "won_money"),
        ({"top": "won", "bottom": "secrets"}, "bottom", "closed"),
        ({"top": "line_units", "bottom": "won"}, "top", "can’t be part of a ratio"),
        ({"top": "won", "bottom": "won_money"}, "bottom", "no number of records"),
        ({"top": "won_money", "bottom": "won", "shown_as": "percent"}, "shown_as", "money"),
        ({"top": "won", "bottom": "lost", "shown_as": "percent"}, "shown_as", "no part of deals lost"),
        ({"top": "won", "bottom": "closed", "bottom_where": WEB, "shown_as": "percent"}, "shown_as", "no part"),
        ({"top": "won", "shown_as": "percent"}, "shown_as", "Only a ratio"),
        ({"top": "won", "bottom_where": WEB}, "bottom_where", "divide by first"),
        ({"top": "activities", "top_where": WEB}, "top_where", "Possible: activity_kind"),
        ({"top": "won", "top_where": (("rep", "a@b.test"),)}, "top_where", "can’t be limited by “rep”"),
        ({"top": "won", "top_where": (("month", "2026-01"),)}, "top_where", "can’t be limited by “month”"),
        ({"top": "won", "top_where": (*WEB, ("channel", "Partner"))}, "top_where", "Each dimension once"),
        ({"top": "won", "bottom": "leads", "dimensions": ("stage",)}, "dimensions", "rep, team, channel, campaign"),
        ({"top": "won", "operator": "rank"}, "operator", "growth, share, moving_average, trend"),
    ],
)
def test_a_mistake_is_refused_at_its_field(values, field, says):
    with pytest.raises(QuestionRefused) as refused:
        compose(told("wrong", **values))
    assert (refused.value.field, says in str(refused.value)) == (field, True), str(refused.value)


@pytest.mark.parametrize(
    "slug", ["win_rate", "growth", "share", "growth-win_rate", "Web", "web rate", "_web", "w" * 41, ""]
)
def test_a_slug_shadows_nothing(slug):
    with pytest.raises(QuestionRefused) as refused:
        check_slug(slug)
    assert refused.value.field == "slug"


def test_a_share_of_cases_needs_its_rows_among_those_of_the_whole():
    known = {key: block.measure for key, block in blocks().items()}
    assert is_part(known["won"], known["closed"])
    assert is_part(known["leads_qualified"], known["leads"])
    assert not is_part(known["closed"], known["won"])
    assert not is_part(known["won"], known["leads"])
    assert not is_part(known["calls"], known["emails"])
    assert is_part(known["calls"], known["activities"])


def test_only_an_admin_defines_and_it_is_written_down(cast):
    write_book(cast)
    for name in ("rep", "manager", "leader"):
        with pytest.raises(NotAllowed):
            define(by=getattr(cast, name))
    row = define(by=cast.admin)
    entry = AuditEntry.objects.get(subject_kind="metricdefinition")
    assert (entry.action, entry.by, entry.detail["to"]["top"]) == ("create", cast.admin, "won_money")
    with pytest.raises(ActionRefused, match="is taken") as refused:
        define(by=cast.admin)
    assert refused.value.field == "slug"
    assert row.versions.count() == 1


def test_a_filter_names_a_member_that_is_there(cast):
    write_book(cast)
    with pytest.raises(ActionRefused, match="is no channel here") as refused:
        define_metric(told=told(top="won", top_where=(("channel", "Radio"),)), by=None, now=NOW)
    assert refused.value.field == "top_where"


def test_a_change_of_arithmetic_is_a_new_version_and_the_old_one_is_kept(cast):
    write_book(cast)
    row = define(by=cast.admin, now=at(10, 1))
    row = redefine_metric(
        definition=row, told=told(top="won_money", top_where=WEB, meaning="Better words."), by=cast.admin, now=at(10, 2)
    )
    assert (row.version, row.versions.get().meaning) == (1, "Better words.")
    changed = told(top="won_money", top_where=(("channel", "Partner"),), meaning="Better words.")
    row = redefine_metric(definition=row, told=changed, by=cast.admin, now=at(10, 3))
    assert row.version == 2
    assert list(row.versions.order_by("version").values_list("version", "top_where")) == [
        (1, [["channel", "Website"]]), (2, [["channel", "Partner"]]),
    ]  # fmt: skip
    assert known_metric("web_revenue").version == 2
    assert known_metric("web_revenue", at(10, 2)).version == 1
    assert known_metric("web_revenue", at(9, 1)).version == 1  # made later: its first version
    assert AuditEntry.objects.filter(subject_kind="metricdefinition", action="change").count() == 2
    redefine_metric(definition=row, told=changed, by=cast.admin, now=at(10, 4))
    assert MetricVersion.objects.count() == 2


def test_a_retired_metric_is_offered_no_more_until_it_is_restored(cast):
    write_book(cast)
    row = define(by=cast.admin, now=at(10, 1))
    assert list(known_metrics())[-1] == "web_revenue"
    retire_metric(definition=row, by=cast.admin, now=at(11, 1))
    assert "web_revenue" not in known_metrics()
    assert known_metric("growth-web_revenue") is None
    assert "web_revenue" in known_metrics(at(10, 20))
    with pytest.raises(ActionRefused, match="meanwhile"):
        retire_metric(definition=row, by=cast.admin, now=NOW)
    restore_metric(definition=MetricDefinition.objects.get(), by=cast.admin, now=NOW)
    assert known_metric("growth-web_revenue").unit == "percent"
    assert known_metric("growth-growth-web_revenue") is None


def test_a_definition_that_means_nothing_any_more_is_no_metric(cast):
    write_book(cast)
    define()
    MetricDefinition.objects.update(top="gone")
    assert known_metric("web_revenue") is None
    assert "web_revenue" not in known_metrics()
