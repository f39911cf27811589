import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from pipeline.actions.deals import change_deal, create_deal
from pipeline.models import Deal, Stage

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
LIST = reverse("pipeline:deal_list")


@pytest.fixture
def deal(cast):
    return cast.owns["rep"].deal


def open_deal(cast, name, amount, day, **more):
    close = datetime.date.fromisoformat(day) if day else None
    told = {"by": cast.rep, "now": NOW, "name": name, "owner": cast.reps["rep"], "expected_close_on": close}
    return create_deal(**told, amount=amount and Decimal(amount), **more)


class TestMonths:
    def test_heads_tell_the_sums_of_whole_months(self, client, cast, deal, monkeypatch):
        # Weighted: 100 at a half, 300 at a quarter, 40 omitted; in January 80 at a half; the cast's own has no day.
        half = Decimal("0.5")
        open_deal(cast, "A", 100, "2026-12-01", probability=half)
        open_deal(cast, "B", 300, "2026-12-31", probability=Decimal("0.25"))
        open_deal(cast, "C", 40, "2026-12-15", probability=half, forecast_category="omitted")
        open_deal(cast, "D", 80, "2027-01-01", probability=half)
        open_deal(cast, "E", None, "2027-01-31", probability=half)
        change_deal(deal=deal, by=None, now=NOW, probability=Decimal("0.1"))
        client.force_login(cast.rep)
        rows = client.get(LIST, {"sort": "month"}).context["rows"]
        heads = [
            (row.name, str(row.month.starts_on), row.month.count, *row.month_sums, row.month.unpriced)
            for row in rows
            if hasattr(row, "month")
        ]
        assert heads == [
            ("A", "2026-12-01", 3, 440, 125, 0),
            ("D", "2027-01-01", 2, 80, 40, 1),
            ("Deal of rep", "None", 1, 1000, 100, 0),
        ]
        page = client.get(LIST, {"sort": "month"}).content.decode()
        assert "December 2026" in page
        assert "No close date" in page
        assert not any(hasattr(row, "month") for row in client.get(LIST).context["rows"])


class TestInRow:
    def test_a_row_is_edited_where_it_stands(self, client, cast, deal):
        client.force_login(cast.rep)
        row = client.get(LIST).context["rows"][0]
        assert row.edit_url == f"{LIST}?edit={deal.pk}"
        page = client.get(LIST, {"edit": deal.pk, "sort": "name"})
        form = page.context["rows"][0].form
        assert page.context["list_url"] == f"{LIST}?sort=name"
        proposal = Stage.objects.get(name="Proposal")
        sent = {name: form[name].value() or "" for name in form.fields}
        sent |= {
            "stage": proposal.pk,
            "amount": "1200",
            "expected_close_on": "2027-02-01",
            "forecast_category": "commit",
        }
        url = reverse("pipeline:deal_row", args=[deal.pk])
        done = client.post(f"{url}?next={LIST}", sent)
        assert done.url == f"{LIST}#deal-{deal.pk}"
        deal.refresh_from_db()
        told = (deal.stage, deal.amount, str(deal.expected_close_on), deal.forecast_category)
        assert told == (proposal, 1200, "2027-02-01", "commit")
        again = client.post(url, sent)
        assert again.status_code == 409
        assert client.post(url, sent | {"version": deal.version, "amount": "x"}).status_code == 422

    def test_the_gate_of_the_stage_holds_here_too(self, client, cast, deal):
        proposal = Stage.objects.get(name="Proposal")
        proposal.required_fields = ["amount", "channel"]
        proposal.save()
        client.force_login(cast.rep)
        sent = {"stage": proposal.pk, "amount": "1", "expected_close_on": "", "forecast_category": ""}
        refused = client.post(reverse("pipeline:deal_row", args=[deal.pk]), sent | {"version": deal.version})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["__all__"])
        assert "“Proposal” needs: Channel." in refused.content.decode()
        assert Deal.objects.get(pk=deal.pk).amount == 1000

    def test_only_own_open_deals(self, client, cast, deal):
        client.force_login(cast.leader)
        assert not any(hasattr(row, "edit_url") for row in client.get(LIST).context["rows"])
        client.force_login(cast.rival)
        assert client.post(reverse("pipeline:deal_row", args=[deal.pk]), {}).status_code == 404
