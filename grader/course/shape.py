"""The size of a lesson, as a learner meets it: words, cells, minutes."""

import re
from dataclasses import dataclass
from pathlib import Path

from grader.course.lessons import Lesson, lesson_notebook

OWN_PROJECT = "In your own project"
"""The heading of the cell with the lesson's test as it stands outside the course."""

MOST_WORDS = 1500
CELLS = range(25, 71)
MINUTES = range(30, 181)


@dataclass(frozen=True)
class Shape:
    """`words` to read, and cells, score cells too.

    Code is no word, nor are contracts, hints, and what to do in one's own project.
    """

    words: int
    cells: int
    minutes: int

    def __str__(self) -> str:
        return f"{self.words} words, {self.cells} cells, {self.minutes} minutes"

    def problems(self) -> list[str]:
        """What is too long or too short, a sentence each."""
        found = []
        if self.words > MOST_WORDS:
            found.append(f"{self.words} words, at most {MOST_WORDS} are read")
        if self.cells not in CELLS:
            found.append(f"{self.cells} cells, {CELLS[0]} to {CELLS[-1]} make a lesson")
        if self.minutes not in MINUTES:
            found.append(f"{self.minutes} minutes, it takes {MINUTES[0]} to {MINUTES[-1]}")
        return found


def shape(lesson: Lesson, root: Path) -> Shape:
    """The size of a lesson; 0 minutes where its first cell does not say how long it takes."""
    import jupytext

    cells = lesson_notebook(lesson, root).cells
    written = jupytext.reads(lesson.source.read_text(encoding="utf-8"), fmt="py:percent").cells
    text = "\n\n".join(
        cell.source
        for cell in written
        if cell.cell_type == "markdown" and not cell.source.startswith(f"## {OWN_PROJECT}")
    )
    text = re.sub(r"^\{[a-z]+(?: [\w-]+)?\}$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<[^>]*>|(?<=\])\([^)]*\)", "", text)
    words = [word for word in text.split() if any(character.isalnum() for character in word)]
    return Shape(len(words), len(cells), lesson.minutes)
