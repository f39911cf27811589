"""``python -m tests.independent.pay``: random plans and histories, each paid twice. Ends with 1 on a difference."""

import argparse
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.independent.pay", description=__doc__)
    asked.add_argument("--plans", type=int, default=1_000, help="how many, at least, go through the calculation")
    asked.add_argument("--companies", type=int, default=0, help="how many more go through import and statement")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", type=int, help="the history, or with --companies the company, of this number")
    asked.add_argument("--show", type=int, default=5, help="how many differences are listed")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder).resolve() / 'company.sqlite3'}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salestracker.settings.test")
        import django

        django.setup()
        differences = pay_plans(options) if options.plans else []
        differences += pay_companies(options) if options.companies else []
    for text in differences[: options.show]:
        print(text)
    return bool(differences)


def pay_plans(options: argparse.Namespace) -> list[str]:
    from tests.independent.pay.against_engine import compare_plans

    found = compare_plans(options.seed, options.plans, None if options.companies else options.only)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(found.lines.items()))
    print(
        f"Seed {options.seed}: {found.plans:,} plans in {found.cases:,} histories, {found.statements:,} statements, "
        f"{found.lines.total():,} lines compared ({kinds}); {len(found.differences):,} differences",
        flush=True,
    )
    return found.differences


def pay_companies(options: argparse.Namespace) -> list[str]:
    from django.core.management import call_command

    from tests.independent.pay.through_database import compare_companies

    call_command("migrate", verbosity=0)
    lines, offers, differences = compare_companies(options.seed, options.companies, options.only)
    print(
        f"{options.companies:,} companies through the database, {lines:,} lines, {offers:,} open deals that would pay, "
        f"{len(differences):,} differences"
    )
    return differences


if __name__ == "__main__":
    sys.exit(main())
