"""Pages that stand alone: no script, nothing loaded, one style sheet that the page vouches for."""

import base64
import hashlib
from functools import cache
from importlib import resources

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
