"""Faults planted in our own code, to see that a test catches each: ``python -m tests.faults``."""
