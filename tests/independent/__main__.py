"""``python -m tests.independent``: a sample company of its own, every figure twice. Ends with 1 on a difference."""

import argparse
import datetime
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.independent", description=__doc__)
    asked.add_argument("--reps", type=int, default=8)
    asked.add_argument("--months", type=int, default=20)
    asked.add_argument("--deals", type=int, default=400)
    asked.add_argument("--activities", type=int, default=1500)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--zone", default="America/New_York")
    asked.add_argument("--currency", default="USD")
    asked.add_argument("--metric", action="append", help="only metrics with this in their name")
    asked.add_argument("--every", type=int, default=1, help="only each n-th period")
    asked.add_argument("--every-scope", type=int, default=1, help="only each n-th scope")
    asked.add_argument("--part", default="1/1", help="2/4: the second quarter of the metrics")
    asked.add_argument("--period", action="append", help="only this period")
    asked.add_argument("--as-of", type=datetime.date.fromisoformat, help="look from an earlier day")
    asked.add_argument("--show", type=int, default=3, help="how many differences of a metric are listed")
    asked.add_argument("--keep", type=Path, help="a folder for database and tables, used again when it is there")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        made = (folder / "company.sqlite3").exists()
        os.environ["DATABASE_URL"] = f"sqlite:///{(folder / 'company.sqlite3').resolve()}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salestracker.settings.test")
        import django

        django.setup()
        return run(options, folder, made)


def chosen(options: argparse.Namespace) -> list[str]:
    """The metrics that are asked for."""
    from tests.independent.against_engine import FIGURES

    part, parts = map(int, options.part.split("/"))
    wanted = [slug for slug in FIGURES if not options.metric or any(text in slug for text in options.metric)]
    return wanted[part - 1 :: parts]


def run(options: argparse.Namespace, folder: Path, made: bool) -> int:
    from tests.independent.against_engine import all_periods, compare
    from tests.independent.company import TODAY, make_company
    from tests.independent.export import write_tables

    if not made:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        make_company(
            zone=options.zone, currency=options.currency, seed=options.seed, reps=options.reps, months=options.months,
            deals=options.deals, activities=options.activities,
        )  # fmt: skip
    write_tables(folder)
    first = TODAY - datetime.timedelta(days=31 * options.months)
    periods = options.period or all_periods(first, TODAY)[:: options.every]

    def tell(slug, found) -> None:
        for line in [line for line in found.differences if line.startswith(f"{slug} ")][: options.show]:
            print(line, flush=True)

    found = compare(folder, periods, TODAY, chosen(options), options.every_scope, tell, options.as_of)
    print(
        f"{len(found.asked)} metrics, {found.asked.total():,} figures compared, {found.filled.total():,} of them not "
        f"empty, {len(found.differences):,} differences"
    )
    empty = [slug for slug in found.asked if not found.filled[slug]]
    if empty:
        print("Always empty: " + ", ".join(empty))
    return bool(found.differences)


if __name__ == "__main__":
    sys.exit(main())
