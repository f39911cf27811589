from django.db import transaction

from metrics.models import Restatement, Snapshot, SnapshotDay


@transaction.atomic
def forget_figures() -> None:
    """Drop every stored figure, for a company whose records are all gone."""
    Restatement.objects.all().delete()
    Snapshot.objects.all().delete()
    SnapshotDay.objects.all().delete()
