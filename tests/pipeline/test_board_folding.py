"""Stages of the board that are folded to their heads."""

from decimal import Decimal

import pytest

from tests.pipeline.test_board import BOARD, lanes_of, names, open_deal, stages  # noqa: F401


def test_a_folded_stage_keeps_its_sum_and_opens_again(client, cast, stages):  # noqa: F811
    proposal = stages["Proposal"]
    open_deal(cast, "folded", stage=proposal, amount=Decimal(200))
    lane = lanes_of(client, cast.rep)["Proposal"]
    assert (lane.is_folded, lane.fold_url) == (False, f"{BOARD}?folded={proposal.pk}")
    lanes = lanes_of(client, cast.rep, f"?folded={proposal.pk}.999999&q=folded")
    assert [name for name, lane in lanes.items() if lane.is_folded] == ["Proposal"]
    assert (lanes["Proposal"].amount, names(lanes["Proposal"])) == (Decimal(200), ["folded"])
    assert lanes["Proposal"].fold_url == f"{BOARD}?folded=999999&q=folded"
    other = stages["Negotiation"]
    pks = ".".join(map(str, sorted([proposal.pk, other.pk, 999999])))
    assert lanes["Negotiation"].fold_url == f"{BOARD}?folded={pks}&q=folded"


@pytest.mark.parametrize("text", ["x", "1..2", "1,2", "-1", "1.", "٣"])
def test_stages_that_are_no_numbers_are_refused_by_name(client, cast, text):
    client.force_login(cast.rep)
    response = client.get(BOARD, {"folded": text})
    assert response.status_code == 400
    assert "folded: possible are numbers of stages" in response.content.decode()


def test_the_board_of_an_earlier_day_folds_as_well(client, cast, stages):  # noqa: F811
    pk = stages["Proposal"].pk
    lanes = lanes_of(client, cast.rep, f"?as_of=2026-09-10&folded={pk}")
    assert [name for name, lane in lanes.items() if lane.is_folded] == ["Proposal"]
    assert lanes["Proposal"].fold_url == f"{BOARD}?as_of=2026-09-10"
    client.force_login(cast.rep)
    assert client.get(BOARD, {"as_of": "2026-09-10", "folded": "x"}).status_code == 400
