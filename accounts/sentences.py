"""Labels as words inside a sentence."""

from django.utils.translation import get_language

NOUNS_WITH_CAPITALS = frozenset({"de"})


def mid_sentence(label: object) -> str:
    """The label in small letters, unless the active language writes its nouns with capitals."""
    language = (get_language() or "").partition("-")[0]
    return str(label) if language in NOUNS_WITH_CAPITALS else str(label).lower()
