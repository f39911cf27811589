"""Values that no page expects, and the parameters that a page reads, found by watching it read them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode()


NUMBERS = {
    "zero": "0",
    "negative": "-1",
    "int32": str(2**31),
    "int64": str(2**63),
    "minus int64": str(-(2**63) - 1),
    "30 digits": "9" * 30,
    "5000 digits": "9" * 5000,
    "1e400": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "Arabic digits": "١٢",
    "superscript": "²",
    "wide digits": "１２",
    "hex": "0x10",
    "underscore": "1_0",
    "fraction": "1.5",
    "two signs": "--1",
    "comma": "1,2",
}
DAYS = {
    "no such day": "9999-99-99",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "30 February": "2026-02-30",
    "backwards": "9999-12-31..0001-01-01",
    "all days": "0001-01-01..9999-12-31",
    "open range": "..",
    "week 99": "2026-W99",
    "quarter 9": "2026-Q9",
    "month 13": "2026-13",
    "year 0": "0000",
    "year 99999": "99999",
    "fiscal": "FY9999",
    "fiscal 1": "FY0001",
    "half": "2026-H3",
    "last of very many": "last-999999999999d",
    "last none": "last-0d",
    "hour 25": "2026-01-01T25:61:61+99:99",
    "first instant": "0001-01-01T00:00:00Z",
    "last instant": "9999-12-31T23:59:59Z",
    "first, east": "0001-01-01T00:00:00+23:59",
    "week day": "2026-W01-1",
    "compact day": "20260105",
    "two days": "2026-01-05 2026-01-06",
    "time alone": "12:00",
}
TEXTS = {
    "NUL": "a\0b",
    "NUL alone": "\0",
    "empty": "",
    "blanks": "   ",
    "line break": "a\r\nSet-Cookie: b=c",
    "long": "x" * 6000,
    "SQL": "' OR 1=1 --",
    "SQL stacked": '1"; DROP TABLE accounts_user; --',
    "SQL LIKE": "%_\\",
    "HTML": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ 7*7 }}{% debug %}",
    "format": "%s%(x)s%n{0.__class__}",
    "lookup": "owner__password__startswith",
    "dunder": "__class__",
    "descending": "-",
    "two dashes": "--pk",
    "path": "../../../../etc/passwd",
    "JSON": '{"a": [1]}',
    "list": "[]",
    "emoji": "👩‍👩‍👧‍👦",
    "right to left": "\u202egnp.exe",
    "line separator": "\u2028",
    "private": "\ue000",
    "not a character": "\uffff",
    "colon": "team:",
    "rep of nobody": "rep:",
    "NUL scope": "rep:\0",
    "scope of a lookup": "team:slug__startswith",
    "dimension": "owner=",
    "equals": "=",
    "NUL member": "channel=\0",
    "true": "true",
    "None": "None",
    "link": "javascript:alert(1)",
    "other host": "//evil.example/x",
    "two": "1&x=2",
}
CURSORS = {
    "cursor of nothing": "AAAA",
    "cursor: not base64": "!!!",
    "cursor: huge id": _cursor(["2026-01-01", 2**70]),
    "cursor: negative id": _cursor(["x", -1]),
    "cursor: infinity": _cursor(b"[Infinity, Infinity]"),
    "cursor: inf id": _cursor(b'["2026-01-01", "deal", Infinity]'),
    "cursor: NaN": _cursor(b'["2026-01-01", "deal", NaN]'),
    "cursor: huge place": _cursor(["2026-01-01", "deal", 2**70]),
    "cursor: NUL": _cursor(["\0", 1]),
    "cursor: NUL kind": _cursor(["2026-01-01", "\0", 1]),
    "cursor: list": _cursor([[], {}]),
    "cursor: null": _cursor(None),
    "cursor: deep": _cursor(b"[" * 3000),
    "cursor: latin": _cursor(b"\xff\xfe"),
    "cursor: first day": _cursor(["0001-01-01", "deal", 1]),
    "cursor: DRF huge": _cursor(b"o=99999999999999999999&p=1"),
    "cursor: DRF NUL": _cursor(b"p=%00"),
    "cursor: DRF bad": _cursor(b"r=x&o=-1&p=2026-99-99"),
    "cursor: pair": _cursor([None, 1]),
    "cursor: long number": _cursor(b"[1, " + b"9" * 5000 + b"]"),
}
RAW = {
    "invalid UTF-8": "%FF%FE",
    "surrogate": "%ED%A0%80",
    "overlong": "%C0%80",
    "cut short": "%E2%82",
    "percent": "%",
    "%u": "%u0000",
}
"""Values that go into the address as they are."""

VALUES = {name: quote(text, safe="") for name, text in (NUMBERS | DAYS | TEXTS | CURSORS).items()} | RAW
"""All of them, ready for an address."""

NAMES = (
    "owner__password=a",
    "pk__in=1",
    "_connector=OR",
    "__class__=x",
    "owner[]=1",
    "owner[$ne]=1",
    "=",
    "&&&",
    "=1",
    "%00=1",
    "%FF=1",
    "page_size=0",
    "page_size=-1",
    "page_size=99999999999999999999",
    "format=xml",
    "format=json",
    "format=%00",
    "_method=DELETE",
    "sort=owner__password",
    "ordering=owner__password",
    "ordering=-owner__password,pk",
)
"""Parameters that no page has, or that a library would read."""

PARTS = (
    "0",
    "00",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "9" * 5000,
    "-1",
    "1.0",
    "1e3",
    "%00",
    "1%00",
    "%FF",
    "١",
    "%D9%A1",
    "1%0a",
    "abc",
    "' OR 1=1",
    "..%2f..%2fetc",
    "x" * 3000,
    "%E2%80%AE",
    "null",
)
"""What may stand in an address in place of a number or a slug."""

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "list": b"[]",
    "null": b"null",
    "text": b'"x"',
    "number": b"1",
    "1e400": b'{"version": 1e400}',
    "NaN": b'{"version": NaN, "amount": NaN}',
    "deep": b"[" * 20_000,
    "NUL": b'{"name": "a\\u0000b", "subject": "\\u0000", "body": "\\u0000"}',
    "surrogate": b'{"name": "\\ud800", "reason": "\\ud800", "subject": "\\ud800", "kind": "call"}',
    "not UTF-8": b"\xff\xfe\x00",
    "twice": b'{"version": 1, "version": 2}',
    "arrays": b'{"version": [1], "stage": {"a": 1}, "owner": [], "reason": {}, "deal": [1]}',
    "long number": b'{"version": ' + b"9" * 5000 + b"}",
    "huge ids": b'{"stage": 99999999999999999999, "owner": -1, "reason": 1e30, "deal": 1e30}',
    "true ids": b'{"stage": true, "owner": true, "reason": true, "version": true}',
    "form": b"version=1&stage=2",
    "bad percent": b"name=%FF%00&version=%",
    "many": b"&".join(b"a%d=1" % number for number in range(1200)),
    "multipart": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    "huge next": b'{"kind": "call", "next": {"due_at": "9999-12-31T23:59:59Z"}, "due_at": "0001-01-01T00:00:00Z"}',
}
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-99",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=\xff",
    "text/plain",
    "application/xml",
    "nonsense",
    ";;;",
)
HEADERS = (
    {"Authorization": "Token"},
    {"Authorization": "Token \xff"},
    {"Authorization": "Token " + "9" * 5000},
    {"Authorization": "Token a b c"},
    {"Authorization": "Basic x"},
    {"Authorization": "Bearer \0"},
    {"Accept": "nonsense"},
    {"Accept": "application/json; version=99"},
    {"Accept": "*/*;q=x"},
    {"Accept": ""},
    {"Accept-Language": "xx-" + "y" * 1000},
    {"Accept-Language": "de;q=abc,\xff"},
    {"Accept-Encoding": "\xff"},
    {"Host": "evil.example"},
    {"Host": "a b"},
    {"Host": ""},
    {"X-Forwarded-For": "nonsense"},
    {"X-Forwarded-Host": "evil.example"},
    {"Referer": "//evil\\x"},
    {"Origin": "null"},
    {"Cookie": "sessionid=\xff; csrftoken=\xff"},
    {"Cookie": "sessionid=" + "x" * 5000},
    {"Cookie": "sessionid=' OR 1=1"},
    {"Cookie": "language=../../x"},
    {"If-Modified-Since": "yesterday"},
    {"If-None-Match": "\xff"},
    {"Range": "bytes=-1"},
    {"HX-Request": "true", "HX-Current-URL": "\xff"},
    {"HX-Request": "true", "HX-Target": "<x>"},
    {"X-Dialog": "\xff"},
    {"X-Request-ID": "\r\n"},
    {"Content-Length": "-1"},
    {"Content-Length": "x"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"User-Agent": "\xff" * 600},
)


class Watched(QueryDict):
    """A query that notes which of its parameters are asked for."""

    names: set[str]

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def _getlist(self, key: str, *arguments: Any, **options: Any) -> Any:
        self.names.add(key)
        return super()._getlist(key, *arguments, **options)


@contextmanager
def watched_queries() -> Iterator[set[str]]:
    """The names of all parameters that requests inside ask their address for."""
    names: set[str] = set()

    def query_of(request: WSGIRequest) -> QueryDict:
        if "_watched" not in request.__dict__:
            watched = Watched(request.META.get("QUERY_STRING", ""), encoding=request.encoding)
            watched.names = names
            request.__dict__["_watched"] = watched
        return request.__dict__["_watched"]

    with patch.object(WSGIRequest, "GET", property(query_of)):
        yield names
