import pytest

from accounts.models import Account
from pipeline.actions.deals import create_deal
from pipeline.actions.outcomes import win_deal
from pipeline.record_search import deals_named
from tests.cast import NOW


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


class TestSearch:
    def test_it_finds_by_name_in_groups_what_is_visible(self, as_rep, cast):
        page = as_rep.get("/search/?q=of re")
        kinds = {group["kind"]: [str(row) for row in group["rows"]] for group in page.context["groups"]}
        assert kinds == {
            "deal": ["Deal of rep"],
            "account": ["Account of rep"],
            "contact": ["Contact of rep"],
            "lead": ["Lead of rep (rep ltd)"],
        }

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("scanner acme", [["Scanner"], []]),
            ("acme works scan", [["Scanner"], []]),
            ("works acme", [["Planner", "Scanner"], ["Acme Works"]]),
        ],
    )
    def test_every_word_is_found_a_deals_also_in_its_account(self, as_rep, cast, text, found):
        acme = Account.objects.create(name="Acme Works", owner=cast.reps["rep"])
        other = Account.objects.create(name="Bolt Works", owner=cast.reps["rep"])
        for name, account in (("Scanner", acme), ("Planner", acme), ("Scanner", other)):
            create_deal(by=None, now=NOW, name=name, account=account, owner=cast.reps["rep"])
        groups = {group["kind"]: group["rows"] for group in as_rep.get("/search/", {"q": text}).context["groups"]}
        deals = [deal for deal in groups.get("deal", []) if deal.account == acme]
        assert len(deals) == len(groups.get("deal", []))
        assert [sorted(deal.name for deal in deals), [str(row) for row in groups.get("account", [])]] == found

    def test_a_word_that_is_missing_finds_nothing(self, cast):
        create_deal(by=None, now=NOW, name="Scanner", owner=cast.reps["rep"])
        assert deals_named("scan", cast.rep).count() == 1
        assert not deals_named("scanner planner", cast.rep).exists()

    @pytest.mark.parametrize("text", ["of rival", "rival ltd", "buyer@rival", "%", "_", "\\", "x" * 5000, "a\0b"])
    def test_what_is_out_of_sight_is_not_found(self, as_rep, text):
        page = as_rep.get("/search/", {"q": text})
        assert page.status_code == 200
        assert page.context["groups"] == []

    def test_it_says_that_there_are_more(self, as_rep, cast):
        for number in range(12):
            Account.objects.create(name=f"Many {number}", owner=cast.reps["rep"])
        group = as_rep.get("/search/?q=many").context["groups"][0]
        assert (len(group["rows"]), group["more"]) == (10, True)

    def test_suggestions_are_options_with_numbers(self, as_rep, cast):
        text = as_rep.get("/search/suggestions/?kind=account&q=account of").content.decode()
        assert f'value="Account of rep #{cast.owns["rep"].account.pk}"' in text
        assert "rival" not in text
        assert as_rep.get("/search/suggestions/?kind=user&q=ri").status_code == 400


def to_do(client, text):
    """The commands that the box offers: words, what they are about, address."""
    return [(one.label, one.about, one.url) for one in client.get("/search/", {"q": text}).context["commands"]]


class TestCommands:
    def test_log_call_and_a_name_leads_to_the_log_of_what_is_called_so(self, as_rep, cast):
        own = cast.owns["rep"]
        assert to_do(as_rep, "log call of rep") == [
            ("Log: Call", "Deal of rep · Account of rep", f"/activities/log/?deal={own.deal.pk}&kind=call"),
            ("Log: Call", "Lead of rep (rep ltd)", f"/activities/log/?lead={own.lead.pk}&kind=call"),
            ("Log: Call", "Account of rep", f"/activities/log/?account={own.account.pk}&kind=call"),
            ("Log: Call", "Contact of rep · Account of rep", f"/activities/log/?contact={own.contact.pk}&kind=call"),
        ]
        page = as_rep.get(to_do(as_rep, "log call of rep")[0][2])
        assert page.context["about"] == own.deal
        assert page.context["form"]["kind"].value() == "call"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("log", [("Log activity", "", "/activities/log/")]),
            ("LOG Mail", [("Log: E-mail", "", "/activities/log/?kind=email")]),
            ("log demo d", [("Log: Demo", "", "/activities/log/?kind=demo")]),
            ("plan", [("Plan next step", "", "/activities/plan/")]),
            ("ne de", [("New deal", "", "/deals/new/")]),
            ("log call of rival", []),
            ("log nobody", []),
            ("of rep", []),
        ],
    )
    def test_what_else_is_understood(self, as_rep, text, said):
        assert to_do(as_rep, text) == said

    def test_a_closed_deal_is_not_called_about(self, as_rep, cast):
        deal = cast.owns["rep"].deal
        win_deal(deal=deal, by=cast.rep, now=NOW)
        assert not [about for _label, about, _url in to_do(as_rep, "plan of rep") if about.startswith("Deal")]

    def test_who_only_reads_has_nothing_to_do(self, client, cast):
        client.force_login(cast.leader)
        assert to_do(client, "log call of rep") == []
        assert to_do(client, "new deal") == []

    def test_a_record_that_is_called_like_a_command_is_found(self, as_rep, cast):
        Account.objects.create(name="Log call centre", owner=cast.reps["rep"])
        page = as_rep.get("/search/?q=log call")
        assert [str(row) for group in page.context["groups"] for row in group["rows"]] == ["Log call centre"]
        assert page.context["commands"]

    def test_the_palette_gets_the_list_alone(self, as_rep, cast):
        text = as_rep.get("/search/?q=log call of rep&part=palette").content.decode()
        assert "<html" not in text
        assert text.count("Log: Call") == 4
        assert "rival" not in as_rep.get("/search/?q=rival&part=palette").content.decode()


class TestTypos:
    @pytest.fixture(autouse=True)
    def _names(self, cast):
        Account.objects.create(name="Haldzella Farms", domain="haldzella.test", owner=cast.reps["rep"])
        Account.objects.create(name="Haldzella of the rival", owner=cast.reps["rival"])

    @staticmethod
    def names(client, text):
        page = client.get("/search/", {"q": text})
        return page.context["is_alike"], [str(row) for group in page.context["groups"] for row in group["rows"]]

    @pytest.mark.postgresql
    @pytest.mark.parametrize("text", ["haldzela", "Haldzellla", "haldsella", "haldzella frams", "halzdella"])
    def test_what_is_nearly_called_so_is_found(self, as_rep, text):
        assert self.names(as_rep, text) == (True, ["Haldzella Farms"])

    @pytest.mark.postgresql
    @pytest.mark.parametrize("text", ["zzzzzz", "farms of nobody", "hal"])
    def test_what_is_not_is_not(self, as_rep, text):
        assert "Haldzella of the rival" not in self.names(as_rep, text)[1]

    @pytest.mark.postgresql
    def test_a_command_takes_it_too(self, as_rep):
        assert to_do(as_rep, "log call haldzela")[0][1] == "Haldzella Farms"

    def test_a_name_that_is_right_finds_nothing_alike(self, as_rep):
        assert self.names(as_rep, "haldzella") == (False, ["Haldzella Farms"])
