import pytest

from accounts.json_text import read_json


def test_what_json_says():
    assert read_json('{"a": [1, 2.5, "x", null, true]}') == {"a": [1, 2.5, "x", None, True]}
    assert read_json(b'"\xc3\x84rmel"') == "Ärmel"


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "-Infinity", "[" * 20_000, '{"a":' * 20_000, "9" * 5000, b"\xff\xfe"]
)
def test_what_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
