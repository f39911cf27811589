"""The raw tables of a company as CSV files: one plain SELECT each, nothing joined, nothing computed."""

import csv
import datetime
import json
from pathlib import Path

from django.db import connection

TABLES = (
    "accounts_account",
    "accounts_company",
    "accounts_exchangerate",
    "accounts_holiday",
    "accounts_rep",
    "accounts_team",
    "accounts_teammembership",
    "metrics_expense",
    "metrics_indicator",
    "metrics_indicatorreading",
    "metrics_marketsize",
    "metrics_surveyresponse",
    "metrics_target",
    "pipeline_activity",
    "pipeline_campaign",
    "pipeline_campaignspend",
    "pipeline_channel",
    "pipeline_credit",
    "pipeline_deal",
    "pipeline_dealevent",
    "pipeline_historicalproduct",
    "pipeline_lead",
    "pipeline_lostreason",
    "pipeline_product",
    "pipeline_stage",
    "pipeline_subscription",
    "pipeline_touch",
)


def write_tables(folder: Path) -> None:
    """A file for each table. None is an empty cell, a truth 1 or 0, an instant ISO text in UTC."""
    for table in TABLES:
        with connection.cursor() as cursor, (folder / f"{table}.csv").open("w", newline="") as file:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            rows = csv.writer(file)
            rows.writerow(column[0] for column in cursor.description)
            rows.writerows([_text(value) for value in row] for row in cursor.fetchall())


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case datetime.datetime():
            there = value if value.tzinfo is None else value.astimezone(datetime.UTC).replace(tzinfo=None)
            return there.isoformat(" ")
        case dict() | list():
            return json.dumps(value)
        case _:
            return str(value)
