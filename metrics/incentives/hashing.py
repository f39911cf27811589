"""Chained hashes: a line follows from the line before, a statement from its lines, an approval from its statements."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def content_hash(before: str, content: Any) -> str:
    """The hash of some JSON that follows another."""
    text = json.dumps([before, content], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def line_hashes(head: str, lines: Iterable[dict[str, Any]]) -> list[str]:
    """A hash for each line of a statement; the last one stands for them all."""
    hashes = []
    for line in lines:
        head = content_hash(head, line)
        hashes.append(head)
    return hashes
