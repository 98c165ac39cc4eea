"""A page as a parser reads it, and what every page of ours keeps."""

import itertools
import re
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "meta", "link"}


class Outline(HTMLParser):
    """Reads a page, and fails where an element is not closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.text.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.text[tag][-1] += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def words(page: str) -> str:
    """What a reader reads, with single spaces."""
    apart = re.sub(r"<(td|th|br|li)\b", r" <\1", page)
    return " ".join(Outline(apart).text["body"][0].split())


def assert_stands_alone(outline: Outline) -> None:
    """Nothing runs, and nothing is loaded."""
    for tag, attributes in outline.elements:
        assert tag not in {"script", "link", "iframe", "img", "object", "form", "base", "input"}
        handlers = [name for name in attributes if name.startswith("on")]
        assert not handlers
        assert not {"src", "srcset", "style", "xlink:href"} & set(attributes)
        assert str(attributes.get("href", "#")).startswith(("#", "https://"))
    assert "url(" not in outline.text["style"][0]
    assert "@import" not in outline.text["style"][0]


def assert_readable(outline: Outline) -> None:
    """A language, a title, headings in order, tables with captions and headers, names that fit."""
    assert outline.attributes("html") == [{"lang": "en"}]
    assert outline.text["title"][0].strip()
    levels = [int(tag[1]) for tag, _ in outline.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(outline.attributes("caption")) == len(outline.attributes("table"))
    assert {cell.get("scope") for cell in outline.attributes("th")} <= {"col", "row"}
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(link.get("href")) for link in outline.attributes("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = [a["aria-labelledby"] for _, a in outline.elements if "aria-labelledby" in a]
    assert set(labels) <= set(ids)
