"""``python -m benchmarks``: fill a database once, measure subject and reference by turns, print a table, keep JSON."""

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.databases import ROOT, SIZES, create_database, database_url, drop_database

ROWS = ("P1", "P3", "P4", "P5", "P6", "P7", "P9", "P11", "P16", "P17")
BAR = 1.5
"""The quick bar: how far a ratio may be over its goal before the run fails."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small", help="how much is in the database")
    parser.add_argument("--rows", default=",".join(ROWS), help="which goals, such as P1,P3; default: all")
    parser.add_argument("--database", default="", help="its URL; default: bench on the PostgreSQL that answers")
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    parser.add_argument("--as-it-is", action="store_true", help="measure what is there; store no nights before")
    parser.add_argument("--rounds", type=int, help="how often each page is asked for")
    parser.add_argument("--json", type=Path, help="where the results go; default: var/bench-SIZE.json")
    parser.add_argument("--bar", action="store_true", help=f"fail where a ratio is over {BAR} times its goal")
    options = parser.parse_args(arguments)
    options.rows = {row.strip().upper() for row in options.rows.split(",")}
    if unknown := options.rows - set(ROWS):
        parser.error(f"--rows: there is no {', '.join(sorted(unknown))}; possible are {', '.join(ROWS)}")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    size = SIZES[options.size]
    url = database_url(options.database, options.size)
    if options.fresh:
        drop_database(url)
    create_database(url)
    os.environ.update(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="benchmarks.settings", LOG_LEVEL="WARNING")

    import django

    django.setup()
    from benchmarks.databases import fill_database
    from benchmarks.measuring import measure
    from benchmarks.results import machine, show, write_json

    took = {} if options.as_it_is else fill_database(size)
    started = time.perf_counter()
    results = measure(options.rows, options.rounds or size.rounds, with_audits=size.times == 1)
    about = {"size": options.size, "filled_in": took, **machine(), "seconds": round(time.perf_counter() - started)}
    show(results, about)
    write_json(options.json or ROOT / "var" / f"bench-{options.size}.json", about, results)
    over = [result for result in results if result.ratio > BAR * result.goal]
    return 1 if options.bar and over else 0


if __name__ == "__main__":
    sys.exit(main())
