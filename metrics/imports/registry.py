"""The kinds of rows that metrics adds to the importer (``settings.IMPORT_KINDS``), what refers to others first."""

from metrics.imports.benchmarks import Benchmarks, MarketSizes
from metrics.imports.expenses import Expenses
from metrics.imports.indicators import Indicators
from metrics.imports.surveys import Surveys
from metrics.imports.targets import Targets

KINDS = (Expenses, Surveys, Indicators, Targets, Benchmarks, MarketSizes)
