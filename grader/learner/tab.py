"""What a browser's tab lacks, said in a lesson's first cell before anybody misses it."""

from pathlib import Path

from grader.runner.overdue import HAS_THREADS

COURSE = "async-testing-patterns/async-testing-patterns"
"""The course's repository on GitHub."""

WITH_DATABASE = {
    "3-infrastructure": (
        *("db-session", "container-with-overrides", "orchestrator-factory"),
        "contract-suite",
    ),
    "4-craft": ("eventually-in-the-database",),
}
"""The exercises that ask for a database, by the folder of their part."""


def lacks(place: Path) -> tuple[str, str] | None:
    """What to say to a learner who works there, as HTML and as text; None where all is there."""
    names = WITH_DATABASE.get(place.name)
    if HAS_THREADS or names is None:
        return None
    binder = f"https://mybinder.org/v2/gh/{COURSE}/HEAD?urlpath=lab/tree/notebooks/{place.name}"
    said = (
        "This notebook runs in your browser, where there is no database. What needs one in this "
        f"part ({', '.join(names)}) is for %s, or for your own machine: "
    )
    commands = f"git clone https://github.com/{COURSE}", f"make -C {COURSE.partition('/')[2]} lab"
    html = said % f'<a href="{binder}">Binder</a>'
    codes = " and ".join(f"<code>{command}</code>" for command in commands)
    return f"<p>{html}{codes}.</p>", f"{said % f'Binder ({binder})'}{'; '.join(commands)}."
