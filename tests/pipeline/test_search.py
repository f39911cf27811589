import pytest

from accounts.models import Account


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
