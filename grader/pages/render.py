"""Pages that stand alone: no script, nothing loaded, one style sheet that the page vouches for.

Every template of ours is rendered here: escaped, and without invisible characters.
"""

import base64
import hashlib
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape

from grader.pages.view import mutants


def render(template: str, **values: object) -> str:
    """A page out of a template that extends page.html."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates().get_template(template)
    return page.render(style=Markup(style), style_hash=f"sha256-{digest}", **values)


@cache
def _style() -> str:
    return (
        resources.files("grader.pages")
        .joinpath("templates", "page.css")
        .read_text(encoding="utf-8")
    )


@cache
def templates() -> jinja2.Environment:
    """Every template of ours: escaped, and no invisible character goes into a page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.pages"),
        autoescape=jinja2.select_autoescape(["html"]),
        finalize=visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    environment.filters["mutants"] = mutants
    return environment


def _code(text: str) -> Markup:
    """A text as HTML: escaped, with code for what stands in backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def visible(value: Any) -> Any:
    """A text whose control characters are escapes that one can see; anything else as it is.

    What moves a terminal's cursor, turns the direction of writing or cannot be seen is how a text
    pretends to be another.
    """
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    return type(value)("".join(one if _is_plain(one) else _escape(one) for one in value))


def _is_plain(one: str) -> bool:
    return one in _PLAIN or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


_PLAIN = frozenset("\n\t\u200c\u200d")
"""The characters that stay. The last two join letters or part them: some languages need them."""


def _escape(one: str) -> str:
    return one.encode("unicode_escape", "surrogatepass").decode("ascii")
