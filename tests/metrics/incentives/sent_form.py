"""What a browser without scripts sends from a page: the controls of its form as the page shows them."""

from html.parser import HTMLParser


class SentForm(HTMLParser):
    """``pairs`` of the form that has a field of some name; buttons are left out, they send only when pressed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self.focused: list[str] = []
        self._select, self._first, self._chosen, self._text = "", None, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name, value = found.get("name"), found.get("value") or ""
        if "autofocus" in found:
            self.focused.append(name if tag != "button" else value)
        if tag == "button" and name:
            self.buttons.append((name, value))
        elif tag == "select":
            self._select, self._first, self._chosen = name, None, None
        elif tag == "option" and self._select:
            self._first = value if self._first is None else self._first
            self._chosen = value if "selected" in found else self._chosen
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "input" and name:
            ticked = found.get("type") not in ("checkbox", "radio") or "checked" in found
            if ticked and found.get("type") != "submit":
                self.pairs.append((name, value))

    def handle_data(self, data):
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag):
        if tag == "select" and self._select:
            self.pairs.append((self._select, self._chosen if self._chosen is not None else self._first or ""))
            self._select = ""
        if tag == "textarea" and self._text:
            name, parts = self._text
            self.pairs.append((name, "".join(parts).removeprefix("\n")))
            self._text = None

    @property
    def data(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            found.setdefault(name, []).append(value)
        return found


def sent_by(answer, **changed) -> dict[str, list[str]]:
    """What the page of an answer sends, with what somebody changed in it."""
    page = SentForm(answer.content.decode().partition("<main")[2])
    return {**page.data, **changed}
