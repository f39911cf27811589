import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed
from accounts.models import Account, AuditEntry
from pipeline.actions.activities import log_activity
from pipeline.actions.deal_parts import set_credits
from pipeline.actions.deals import create_deal
from pipeline.actions.hand_overs import hand_over, undo_hand_over
from pipeline.actions.leads import create_lead, disqualify_lead
from pipeline.actions.outcomes import win_deal
from pipeline.handing_over import plan_hand_over
from pipeline.models import Activity, Deal, DealVersion, Lead

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=5)
TODAY = LATER.date()


@pytest.fixture
def work(cast):
    """Of the rep: an open and a won deal, an open and a dropped lead, an account, a step to come and a call of old."""
    rep = cast.reps["rep"]
    told = {"by": cast.rep, "now": NOW, "owner": rep}
    won = create_deal(name="Won", amount=Decimal(70), account=cast.owns["rep"].account, **told)
    set_credits(deal=won, shares=[(rep, Decimal(1))], by=cast.rep, now=NOW)
    win_deal(deal=won, by=cast.rep, now=NOW)
    disqualify_lead(lead=create_lead(name="Spam", **told), reason="spam", by=cast.rep, now=NOW)
    log_activity(kind="call", due_at=LATER, deal=cast.owns["rep"].deal, subject="Step", **told)
    return rep


def owners(model, field="name"):
    return dict(model.objects.filter(owner__isnull=False).values_list(field, "owner__name"))


def test_open_work_goes_and_what_is_closed_stays(cast, work):
    entry = hand_over(rep=work, to=[cast.reps["colleague"]], day=TODAY, by=cast.manager, now=LATER)
    deals = owners(Deal)
    assert (deals["Deal of rep"], deals["Won"]) == ("Colleague", "Rep")
    assert [credit.rep for credit in Deal.objects.get(name="Won").credits.all()] == [work]
    leads = owners(Lead)
    assert (leads["Lead of rep"], leads["Spam"]) == ("Colleague", "Rep")
    assert owners(Account)["Account of rep"] == "Colleague"
    steps = owners(Activity, "subject")
    assert (steps["Step"], steps["Call of rep"]) == ("Colleague", "Rep")
    assert entry.detail["to"]["Colleague"] == "1 deals, 1 leads, 1 accounts, 1 next steps"
    assert [row.owner_id for row in Account.objects.get(name="Account of rep").history.order_by("history_id")][-1] == (
        cast.reps["colleague"].pk
    )


def test_a_deal_is_the_new_owners_from_the_day_but_not_before_it_was_the_olds(cast, work):
    create_deal(by=cast.rep, now=LATER, name="Young", owner=work)
    day = datetime.date(2026, 11, 22)
    hand_over(rep=work, to=[cast.reps["colleague"]], day=day, by=cast.admin, now=LATER)
    rows = DealVersion.objects.filter(superseded_at=None, deal__name__in=["Deal of rep", "Young"])
    told = rows.order_by("deal", "valid_from").values_list("deal__name", "valid_from", "owner__name")
    assert [(name, start.isoformat(), owner) for name, start, owner in told] == [
        ("Deal of rep", "2026-11-20", "Rep"),
        ("Deal of rep", "2026-11-22", "Colleague"),
        ("Young", "2026-11-25", "Colleague"),
    ]


def test_undo_gives_back_what_is_still_open(cast, work):
    day = datetime.date(2026, 11, 22)
    entry = hand_over(rep=work, to=[cast.reps["colleague"]], day=day, by=cast.manager, now=LATER)
    win_deal(deal=Deal.objects.get(name="Deal of rep"), by=cast.colleague, now=LATER)
    with pytest.raises(NotAllowed):
        undo_hand_over(entry=entry, by=cast.other_manager, now=LATER)
    undone = undo_hand_over(entry=entry, by=cast.manager, now=LATER)
    assert (len(undone.restored), len(undone.left)) == (3, 1)
    assert owners(Deal)["Deal of rep"] == "Colleague"
    assert (
        owners(Lead)["Lead of rep"] == owners(Account)["Account of rep"] == owners(Activity, "subject")["Step"] == "Rep"
    )
    with pytest.raises(ActionRefused, match="already"):
        undo_hand_over(entry=entry, by=cast.manager, now=LATER)


def test_undo_leaves_no_day_with_the_other(cast, work):
    before = list(
        DealVersion.objects.filter(superseded_at=None).order_by("pk").values_list("deal", "valid_from", "digest")
    )
    for day in (datetime.date(2026, 11, 22), TODAY):
        entry = hand_over(rep=work, to=[cast.reps["colleague"]], day=day, by=cast.manager, now=LATER)
        undo_hand_over(entry=entry, by=cast.manager, now=LATER)
    after = DealVersion.objects.filter(superseded_at=None).values_list("deal", "valid_from", "digest")
    assert sorted(after) == sorted(before)


def test_several_share_evenly_and_a_customer_stays_whole(cast, work):
    rival = cast.reps["rival"]
    for name, amounts in (("Big", (500, 400)), ("Small", (300,)), ("Tiny", (100,))):
        account = Account.objects.create(name=name, owner=work)
        for amount in amounts:
            create_deal(
                by=cast.rep, now=NOW, name=f"{name} {amount}", owner=work, account=account, amount=Decimal(amount)
            )
    # 1000 (the cast's own), 900, 300, 100: the first to the one; 900, then 300 to the other; 100 to the first.
    shares = plan_hand_over(work, [cast.reps["colleague"], rival]).shares
    names = [sorted(Deal.objects.filter(pk__in=share.deals).values_list("name", flat=True)) for share in shares]
    assert names == [["Deal of rep", "Tiny 100"], ["Big 400", "Big 500", "Small 300"]]
    assert [share.open_minor for share in shares] == [110_000, 120_000]
    assert [len(share.activities) for share in shares] == [1, 0]


def test_who_may_and_what_is_refused(cast, work):
    to = [cast.reps["colleague"]]
    for user in (cast.rep, cast.other_manager, cast.leader):
        with pytest.raises(NotAllowed):
            hand_over(rep=work, to=to, day=TODAY, by=user, now=LATER)
    with pytest.raises(NotAllowed):
        hand_over(rep=work, to=[cast.reps["rival"]], day=TODAY, by=cast.manager, now=LATER)
    for refused in ({"to": []}, {"to": [work]}, {"day": TODAY + datetime.timedelta(days=1)}, {"seen": "old"}):
        with pytest.raises(ActionRefused):
            hand_over(**{"rep": work, "to": to, "day": TODAY, "by": cast.manager, "now": LATER} | refused)
    assert not AuditEntry.objects.filter(action="hand_over").exists()


def test_the_page_previews_does_and_takes_back(client, cast, work):
    client.force_login(cast.manager)
    rows = client.get(reverse("pipeline:hand_over_list")).context["rows"]
    assert {rep.name: counts for rep, counts in rows} == {"Rep": [1, 1, 1, 1], "Colleague": [1, 1, 1, 0]}
    url = reverse("pipeline:hand_over", args=[work.pk])
    page = client.get(url)
    sent = {"to": [cast.reps["colleague"].pk], "day": page.context["form"]["day"].value().isoformat()}
    preview = client.post(url, sent)
    assert preview.context["plan"].count == 4
    assert owners(Deal)["Deal of rep"] == "Rep"
    sent["seen"] = preview.context["plan"].digest
    create_lead(by=cast.rep, now=NOW, name="Another", owner=work)
    again = client.post(url, sent)
    assert (again.context["plan"].count, owners(Deal)["Deal of rep"]) == (5, "Rep")
    done = client.post(url, sent | {"seen": again.context["plan"].digest}, follow=True)
    assert owners(Deal)["Deal of rep"] == owners(Lead)["Another"] == "Colleague"
    entry = done.context["entries"][0]
    client.post(reverse("pipeline:hand_over_undo", args=[entry.pk]))
    assert owners(Deal)["Deal of rep"] == "Rep"
