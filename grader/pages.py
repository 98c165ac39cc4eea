"""Pages that stand alone: no script, nothing loaded, one style sheet that the page vouches for."""

import base64
import hashlib
import os
from functools import cache
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from grader.report import templates


def render(template: str, **values: object) -> str:
    """A page out of a template that extends page.html."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates().get_template(template)
    return page.render(style=Markup(style), style_hash=f"sha256-{digest}", **values)


@cache
def _style() -> str:
    return resources.files("grader").joinpath("templates", "page.css").read_text(encoding="utf-8")


def write_page(path: Path, page: str) -> None:
    """All of it or nothing: a reader never sees half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(page.encode())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
