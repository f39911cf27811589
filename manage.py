#!/usr/bin/env python3
"""Runs a management command: ``python manage.py help`` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salestracker.settings")
    try:
        from salestracker.command_line import run
    except ImportError:
        sys.exit("Django is not installed here: run `make setup` and use .venv/bin/python.")
    run(sys.argv)


if __name__ == "__main__":
    main()
