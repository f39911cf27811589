"""What the tests of the pages of deals share."""

import csv
import io
import re

from django.urls import reverse

LIST = "/deals/"
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)


def page_of(client, deal, query=""):
    response = client.get(f"{deal.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response


def url(name, deal):
    return reverse(f"pipeline:deal_{name}", args=[deal.pk])


def rows_of_csv(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
