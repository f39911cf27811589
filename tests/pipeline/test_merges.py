import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.errors import ActionRefused, NotAllowed, StaleVersion
from accounts.models import Account, AuditEntry, Contact
from pipeline.actions.accounts import change_account, delete_account
from pipeline.actions.deals import create_deal
from pipeline.actions.leads import create_lead
from pipeline.actions.merges import merge_accounts, merge_contacts, undo_merge
from pipeline.actions.outcomes import lose_deal, win_deal
from pipeline.models import Activity, Deal, DealVersion, LostReason, Subscription

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=3)
AFTER = LATER + datetime.timedelta(hours=1)


@pytest.fixture
def twins(cast):
    """An account of the rep and its double, which has an open, a won and a lost deal and a subscription."""
    kept = cast.owns["rep"].account
    gone = Account.objects.create(
        name="Acc. of rep", owner=cast.reps["rep"], industry="food", segment="Large", domain="rep.test", employees=12
    )
    person = Contact.objects.create(account=gone, name="Anna", email="anna@rep.test")
    told = {"by": cast.rep, "now": NOW, "owner": cast.reps["rep"], "account": gone, "contact": person}
    create_deal(name="Open", amount=Decimal(100), **told)
    win_deal(deal=create_deal(name="Won", amount=Decimal(200), **told), by=cast.rep, now=NOW)
    reason = LostReason.objects.create(name="Price")
    lose_deal(deal=create_deal(name="Lost", **told), reason=reason, by=cast.rep, now=NOW)
    create_lead(by=cast.rep, now=NOW, name="Lead", owner=cast.reps["rep"], account=gone)
    Activity.objects.create(owner=cast.reps["rep"], kind="call", account=gone, contact=person)
    Account.objects.create(name="Daughter", parent=gone)
    Subscription.objects.create(account=gone, monthly_amount=5, currency="EUR", starts_on=NOW.date())
    return kept, gone, person


def state_of(kept, gone):
    """All that a merge touches, but for versions and times of writing."""
    fields = ("name", "industry", "segment", "domain", "employees", "parent", "owner", "merged_into")
    return {
        "accounts": list(Account.objects.order_by("pk").values_list("pk", *fields)),
        "contacts": list(Contact.objects.order_by("pk").values_list("pk", "account", "merged_into")),
        "deals": list(Deal.objects.order_by("pk").values_list("pk", "account", "contact", "outcome")),
        "activities": list(Activity.objects.order_by("pk").values_list("pk", "account", "contact")),
        "leads": list(kept.leads.order_by("pk").values_list("pk")) + list(gone.leads.order_by("pk").values_list("pk")),
        "versions": list(
            DealVersion.objects.filter(superseded_at=None)
            .order_by("deal", "valid_from")
            .values_list("deal", "valid_from", "valid_to", "account", "segment", "industry", "region", "digest")
        ),
    }


class TestAccounts:
    def test_what_is_open_goes_along_and_what_is_closed_stays(self, cast, twins):
        kept, gone, person = twins
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER, taken=["industry", "domain"])
        kept.refresh_from_db()
        assert (kept.industry, kept.domain, kept.segment) == ("food", "rep.test", "")
        at = dict(Deal.objects.filter(name__in=["Open", "Won", "Lost"]).values_list("name", "account"))
        assert at == {"Open": kept.pk, "Won": gone.pk, "Lost": gone.pk}
        assert Contact.objects.get(pk=person.pk).account == kept
        assert kept.leads.count() == kept.activities.exclude(subject="Call of rep").count() == 1
        assert [one.name for one in kept.subsidiaries.all()] == ["Daughter"]
        assert Subscription.objects.get().account == gone
        assert not Account.objects.live().filter(pk=gone.pk).exists()

    def test_open_deals_are_sliced_anew_from_the_day_of_the_merge(self, cast, twins):
        kept, gone, _person = twins
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER)
        rows = DealVersion.objects.filter(superseded_at=None, deal__name="Open").order_by("valid_from")
        assert [(row.valid_from.isoformat(), row.account_id, row.segment, row.industry) for row in rows] == [
            ("2026-11-20", gone.pk, "Large", "food"),
            ("2026-11-23", kept.pk, "", "retail"),
        ]
        won = DealVersion.objects.filter(superseded_at=None, deal__name="Won").last()
        assert (won.account_id, won.segment, won.industry) == (gone.pk, "Large", "food")

    def test_undo_puts_everything_back(self, cast, twins):
        kept, gone, _person = twins
        before = state_of(kept, gone)
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER, taken=["industry", "segment", "name", "employees"])
        assert state_of(kept, gone) != before
        undo_merge(gone=gone, by=cast.rep, now=AFTER)
        assert state_of(kept, gone) == before
        entries = AuditEntry.objects.filter(action__contains="merge").order_by("pk")
        assert [entry.action for entry in entries] == ["merge", "undo_merge"]

    def test_undo_leaves_what_was_done_since(self, cast, twins):
        kept, gone, _person = twins
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER, taken=["industry", "segment"])
        change_account(account=kept, by=cast.rep, now=LATER, segment="Small")
        deal = Deal.objects.get(name="Open")
        win_deal(deal=deal, by=cast.rep, now=LATER)
        undo_merge(gone=gone, by=cast.rep, now=AFTER)
        kept.refresh_from_db()
        deal.refresh_from_db()
        assert (kept.industry, kept.segment, deal.account) == ("retail", "Small", kept)

    def test_three_are_taken_apart_in_the_order_in_which_they_came_together(self, cast, twins):
        kept, gone, _person = twins
        third = Account.objects.create(name="Third", owner=cast.reps["rep"])
        before = state_of(kept, gone)
        merge_accounts(kept=gone, gone=third, by=cast.rep, now=LATER)
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER)
        assert set(Account.objects.family(kept)) == {kept, gone, third}
        with pytest.raises(ActionRefused, match="later merge first"):
            undo_merge(gone=third, by=cast.rep, now=AFTER)
        undo_merge(gone=gone, by=cast.rep, now=AFTER)
        undo_merge(gone=third, by=cast.rep, now=AFTER)
        assert state_of(kept, gone) == before

    def test_a_parent_merged_into_its_daughter_leaves_no_ring(self, cast, twins):
        kept, gone, _person = twins
        Account.objects.filter(pk=kept.pk).update(parent=gone)
        before = state_of(kept, gone)
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER)
        kept.refresh_from_db()
        assert kept.parent is None
        undo_merge(gone=gone, by=cast.rep, now=AFTER)
        assert state_of(kept, gone) == before

    def test_both_must_be_as_they_were_looked_at(self, cast, twins):
        kept, gone, _person = twins
        for versions in ((2, 1), (1, 2)):
            with pytest.raises(StaleVersion):
                merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER, versions=versions)
        with pytest.raises(ActionRefused, match="same record"):
            merge_accounts(kept=kept, gone=kept, by=cast.rep, now=LATER)

    def test_only_who_may_change_both(self, cast, twins):
        kept, _gone, _person = twins
        foreign = cast.owns["rival"].account
        for one, other in ((kept, foreign), (foreign, kept)):
            with pytest.raises(NotAllowed):
                merge_accounts(kept=one, gone=other, by=cast.rep, now=LATER)
        with pytest.raises(NotAllowed):
            merge_accounts(kept=kept, gone=foreign, by=cast.leader, now=LATER)
        merge_accounts(kept=kept, gone=foreign, by=cast.admin, now=LATER)
        with pytest.raises(NotAllowed, match="Only who merged"):
            undo_merge(gone=foreign, by=cast.rep, now=AFTER)

    def test_a_rep_takes_no_account_from_a_colleague(self, cast, twins):
        kept, gone, _person = twins
        Account.objects.filter(pk=gone.pk).update(owner=cast.reps["colleague"])
        with pytest.raises(NotAllowed):
            merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER, taken=["owner"])

    def test_who_saw_the_one_sees_the_other(self, cast, twins):
        kept, _gone, _person = twins
        foreign = cast.owns["rival"].account
        assert not Account.objects.visible_to(cast.rival).filter(pk=kept.pk).exists()
        Deal.objects.filter(account=foreign).delete()
        merge_accounts(kept=kept, gone=foreign, by=cast.admin, now=LATER)
        assert list(Account.objects.visible_to(cast.rival)) == [kept]
        assert list(Account.objects.visible_to(cast.other_manager)) == [kept]

    def test_an_account_with_sales_of_a_merged_one_stays(self, cast, twins):
        kept, gone, _person = twins
        Deal.objects.filter(account=kept).delete()
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER)
        Deal.objects.filter(name="Open").delete()
        with pytest.raises(ActionRefused, match="figures are made of them"):
            delete_account(account=kept, by=cast.rep, now=AFTER)


class TestContacts:
    def test_a_person_who_is_there_twice(self, cast, twins):
        kept, gone = cast.owns["rep"].contact, twins[2]
        merge_contacts(kept=kept, gone=gone, by=cast.rep, now=LATER, taken=["email", "account"])
        kept.refresh_from_db()
        assert (kept.email, kept.account, kept.name) == ("anna@rep.test", twins[1], "Contact of rep")
        at = dict(Deal.objects.filter(name__in=["Open", "Won"]).values_list("name", "contact"))
        assert at == {"Open": kept.pk, "Won": gone.pk}
        assert kept.activities.count() == 1
        undo_merge(gone=gone, by=cast.rep, now=AFTER)
        kept.refresh_from_db()
        assert (kept.email, kept.account) == ("buyer@rep.test", cast.owns["rep"].account)
        assert Deal.objects.get(name="Open").contact == gone
        assert Contact.objects.live().filter(pk=gone.pk).exists()


class TestPages:
    def test_it_shows_what_happens_does_it_and_takes_it_back(self, client, cast, twins):
        kept, gone, _person = twins
        client.force_login(cast.rep)
        url = reverse("pipeline:account_merge", args=[kept.pk])
        picked = client.post(url, {"other": f"{gone} #{gone.pk}"})
        assert picked.url == f"{url}?with={gone.pk}"
        page = client.get(picked.url)
        assert [(str(part.label), part.count) for part in page.context["moving"]] == [
            ("Open deals", 1), ("Contacts", 1), ("Leads", 1), ("Next steps", 1),
        ]  # fmt: skip
        assert [(str(part.label), part.count) for part in page.context["staying"]] == [
            ("Deals won", 1), ("Deals lost", 1), ("Subscriptions", 1),
        ]  # fmt: skip
        form = page.context["form"]
        values = {name: form[name].value() for name in form.fields}
        assert (values["domain"], values["name"], "owner" in values) == ("gone", "kept", False)
        done = client.post(picked.url, values | {"industry": "gone"}, follow=True)
        assert done.redirect_chain == [(kept.get_absolute_url(), 302)]
        assert client.get(gone.get_absolute_url()).url == kept.get_absolute_url()
        assert {deal.name for deal in done.context["deals"]} == {"Deal of rep", "Open", "Won", "Lost"}
        assert done.context["rollup"].won.amount == 200
        kept.refresh_from_db()
        assert (kept.industry, kept.domain) == ("food", "rep.test")
        client.post(reverse("pipeline:account_unmerge", args=[gone.pk]))
        assert client.get(gone.get_absolute_url()).status_code == 200

    def test_two_of_one_name_are_told_apart(self, client, cast):
        account = cast.owns["rep"].account
        kept = Contact.objects.create(account=account, name="Ida Roth", phone="123", title="Buyer")
        gone = Contact.objects.create(account=account, name="Ida Roth", email="ida@rep.test", title="Buyer")
        bare = Contact.objects.create(account=account, name="Ida Roth", title="Buyer")
        client.force_login(cast.rep)
        url = reverse("pipeline:contact_merge", args=[kept.pk])
        found = {name for name, _why, _url in client.get(url).context["found"]}
        assert found == {"Ida Roth (ida@rep.test)", f"Ida Roth (#{bare.pk})"}
        page = client.get(f"{url}?with={gone.pk}")
        assert page.context["title"] == "Merge “Ida Roth (ida@rep.test)” into “Ida Roth (123)”?"
        text = page.content.decode()
        assert "“Ida Roth (123)” stays." in text
        assert "Keep “Ida Roth (ida@rep.test)” instead" in text

    def test_somebody_changed_one_meanwhile(self, client, cast, twins):
        kept, gone, _person = twins
        client.force_login(cast.rep)
        url = f"{reverse('pipeline:account_merge', args=[kept.pk])}?with={gone.pk}"
        form = client.get(url).context["form"]
        values = {name: form[name].value() for name in form.fields}
        change_account(account=gone, by=cast.rep, now=NOW, segment="Huge")
        answer = client.post(url, values)
        assert answer.status_code == 409
        assert "Huge" in answer.content.decode()
        assert Account.objects.live().filter(pk=gone.pk).exists()

    def test_what_is_out_of_sight_is_not_there(self, client, cast, twins):
        client.force_login(cast.rep)
        url = reverse("pipeline:account_merge", args=[twins[0].pk])
        for other in (cast.owns["rival"].account.pk, twins[0].pk, "x", 10**30):
            assert client.get(f"{url}?with={other}").status_code == 404

    def test_a_closed_deal_of_a_merged_account_can_still_be_edited(self, client, cast, twins):
        kept, gone, _person = twins
        merge_accounts(kept=kept, gone=gone, by=cast.rep, now=LATER)
        client.force_login(cast.rep)
        deal = Deal.objects.get(name="Won")
        url = reverse("pipeline:deal_edit", args=[deal.pk])
        form = client.get(url).context["form"]
        values = {name: form[name].value() for name in form.fields}
        values = {name: "" if value is None else value for name, value in values.items()}
        assert client.post(url, values | {"name": "Won, renamed"}).status_code == 302
        deal.refresh_from_db()
        assert (deal.name, deal.account) == ("Won, renamed", gone)


def test_the_account_page_says_whose_it_was(client, cast):
    account = cast.owns["rep"].account
    client.force_login(cast.manager)
    url = account.get_absolute_url()
    assert client.get(url).context["owners"] == []
    change_account(account=account, by=cast.manager, now=LATER, owner=cast.reps["colleague"])
    assert [one.name for one in client.get(url).context["owners"]] == ["Colleague", "Rep"]
