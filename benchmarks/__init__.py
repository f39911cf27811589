"""The goals for speed as ratios: ``make bench``, or ``python -m benchmarks --help``. See docs/benchmarks.md."""
