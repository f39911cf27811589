"""A second program for the figures: from raw tables as CSV, by METRICS.md and DECISIONS.md alone, without our code.

``python -m tests.independent`` makes a sample company, writes its tables, computes every figure twice and compares.
``export`` and ``against_engine`` touch the product; ``tables``, ``deals``, ``figures_*`` import nothing of it.
"""
