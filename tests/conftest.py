"""The shared set-up of the tests; each subject has its own fixtures beside its tests."""
