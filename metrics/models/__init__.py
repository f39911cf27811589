from metrics.models.benchmark import Benchmark
from metrics.models.book import Book, BookFigure, BookRecords
from metrics.models.definition import MetricDefinition, MetricVersion
from metrics.models.dispute import Dispute, DisputeMessage
from metrics.models.expense import Expense
from metrics.models.forecast import ForecastPoint, ForecastRun
from metrics.models.indicator import Indicator, IndicatorReading
from metrics.models.market import MarketSize
from metrics.models.pin import PinnedKpi
from metrics.models.plan import Plan, PlanVersion
from metrics.models.snapshot import Restatement, Snapshot, SnapshotDay
from metrics.models.statement import Approval, Statement, StatementLine
from metrics.models.survey import SurveyResponse
from metrics.models.target import Target

__all__ = [
    "Approval",
    "Benchmark",
    "Book",
    "BookFigure",
    "BookRecords",
    "Dispute",
    "DisputeMessage",
    "Expense",
    "ForecastPoint",
    "ForecastRun",
    "Indicator",
    "IndicatorReading",
    "MarketSize",
    "MetricDefinition",
    "MetricVersion",
    "PinnedKpi",
    "Plan",
    "PlanVersion",
    "Restatement",
    "Snapshot",
    "SnapshotDay",
    "Statement",
    "StatementLine",
    "SurveyResponse",
    "Target",
]
