"""The size of a lesson, as a learner meets it: words, cells, minutes."""

import re
from dataclasses import dataclass
from pathlib import Path

from grader.bank import exercises
from grader.lessons import Lesson, lesson_notebook

MOST_WORDS = 1500
CELLS = range(25, 71)
MINUTES = range(30, 181)


@dataclass(frozen=True)
class Shape:
    """`words` to read; cells, score cells too.

    No word is counted of code, contracts and hints, and of "In your own project".
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
    cells = lesson_notebook(lesson, root).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for exercise in exercises().values():
        if exercise.lesson == lesson.name:
            for given in (*exercise.contract, exercise.hint):
                text = text.replace(given, "")
    text = re.sub(r"^## In your own project$.*?(?=^## )", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<[^>]*>|(?<=\])\([^)]*\)", "", text)
    words = [word for word in text.split() if any(character.isalnum() for character in word)]
    minutes = re.search(r"\*\*(\d+) minutes\.\*\*", cells[0].source)
    return Shape(len(words), len(cells), int(minutes[1]) if minutes else 0)
