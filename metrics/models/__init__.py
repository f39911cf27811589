from metrics.models.snapshot import Restatement, Snapshot, SnapshotDay

__all__ = ["Restatement", "Snapshot", "SnapshotDay"]
