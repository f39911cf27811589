"""Whether what was approved is still what was approved."""

from accounts.models import Rep
from metrics.incentives.hashing import content_hash
from metrics.incentives.ledger import Ledger
from metrics.incentives.statements import stored_view
from metrics.incentives.versions import published_versions
from metrics.models import Approval


def broken_links(rep: Rep) -> list[str]:
    """A rep's statements and approvals whose hash does not follow from what they hold; empty: nothing was changed."""
    ledger, versions, broken, before = Ledger.load(rep), published_versions(), [], ""
    facts = dict(Approval.objects.filter(rep=rep).values_list("pk", "facts"))
    for approval in ledger.approvals:
        for statement in ledger.statements_of(approval):
            hashes = stored_view(statement, versions, before).hashes
            kept = list(statement.lines.order_by("position").values_list("hash", flat=True))
            if hashes[1:] != kept or hashes[-1] != statement.hash:
                broken.append(str(statement))
            before = statement.hash
        if approval.hash != content_hash(before, facts[approval.pk]):
            broken.append(str(approval))
        before = approval.hash
    return broken
