"""How many database statements a page costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def statements_of(client, url):
    """Those of the second visit: the first one of a session also notes who came from where."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in queries if not query["sql"].startswith(TRANSACTIONS)]
