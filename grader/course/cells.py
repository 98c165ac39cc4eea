"""Finds the answer cells of a notebook, and says what to do where they cannot be told.

Learners copy cells, split them, merge them with the cell below and carry them into other notebooks,
and each front end keeps other marks of a cell. So a cell is found by its marks or by its first
line, and where several are found, their content decides.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.bank import exercises
from grader.engine.suite import read
from grader.errors import Rejected

_HEADER = r"\A(?:[ \t]*(?:#.*|%%(?!ipytest\b).*)?\n)*[ \t]*"
"""What may stand above `%%ipytest`: blank lines, comments, and other magics such as `%%time`."""

HEADER = re.compile(rf"{_HEADER}(?=%%ipytest\b)")

MAGIC = re.compile(rf"{_HEADER}%%ipytest\b.*?[ \t]--mutants(?:[ \t]+|=)[\"']?([^\s\"']+)")
"""How an answer cell begins; the group is the exercise's id."""

SCORE = re.compile(r"grader\.score\(\s*([\"'])[\w-]+\1\s*\)\s*;?\s*(#.*)?")
"""The line of a score cell."""

TESTS = re.compile(r"^(async def test|def test|class Test)", re.MULTILINE)
"""How a test begins, in a cell that nothing else marks."""

MOST_LISTED = 8
"""Cells or files that a sentence names."""

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Found:
    """The answer to one exercise in a notebook, or the reason why it cannot be told.

    Where there is a `problem`, the suite is what a reader wants to see of it.
    """

    suite: str
    problem: str | None = None


# ------------------------------------------------------------------ one cell


def source_of(cell: Mapping[str, Any]) -> str:
    """The source of a cell as one text. A file may hold it as lines, a learner's file anything."""
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def named_exercise(source: str) -> str | None:
    """The exercise that a cell's first line names: `%%ipytest --mutants ID`."""
    found = MAGIC.match(source)
    return None if found is None else found[1]


def judged(source: str) -> str:
    """The part of a cell that is judged: lines keep their numbers, `%%ipytest` stands first.

    What stands above that line becomes empty lines. A score cell that was merged into the answer
    is taken off its end: `grader.score` means nothing where tests are judged.
    """
    source = HEADER.sub(lambda header: "\n" * header[0].count("\n"), source)
    lines = source.split("\n")
    end = len(lines)
    for number in reversed(range(len(lines))):
        if SCORE.fullmatch(lines[number]):
            end = number
        elif lines[number].strip() and not lines[number].startswith("#"):
            break
    return source if end == len(lines) else "\n".join(lines[:end]).rstrip("\n")


def is_place(cell_id: object) -> bool:
    """Whether a cell has its id from its place in a lesson, as all but those of exercises have."""
    return re.fullmatch(r"cell-\d{2,}", str(cell_id)) is not None


def _body(source: str) -> str:
    """The text by which two answers are compared: the judged part without the magic."""
    return _plain(re.sub(r"\A\s*%%ipytest.*", "", judged(source)))


def _plain(source: str) -> str:
    """A text without the spaces at the ends of its lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in source.split("\n")).strip("\n")


# ------------------------------------------------------------------ a lesson as it was given


class Original:
    """A lesson's notebook as learners get it: which cells are its own, and what its stubs hold."""

    def __init__(self, cells: Iterable[Mapping[str, Any]]) -> None:
        self._texts: list[str] = []
        self._shown: dict[str, list[int]] = {}
        self._stubs: dict[str, tuple[int, str]] = {}
        for place, cell in enumerate(cells):
            source = source_of(cell)
            self._texts.append(_plain(source))
            if (mark := _mark(cell)) is not None:
                self._stubs[mark] = place, _body(source)
            elif (named := named_exercise(source)) is not None:
                self._shown.setdefault(named, []).append(place)

    def is_stub(self, exercise_id: str, suite: str) -> bool:
        """Whether an answer is as it was given, with tests to repair or none."""
        return exercise_id in self._stubs and self._stubs[exercise_id][1] == _body(suite)

    def holds(self, source: str) -> bool:
        """Whether a cell stands in the lesson as it is."""
        return _plain(source) in self._texts

    def owns(self, exercise_id: str, texts: Sequence[str], known: Set[str], index: int) -> bool:
        """Whether one of a notebook's cells is the lesson's, which shows what tests are worth.

        It is, too, where a learner has edited it: it stands beside a neighbour of such a cell, that
        cell is not among the `known` texts of the notebook, and the answer cell has not these
        neighbours.
        """
        shown = self._shown.get(exercise_id, [])
        if any(self._texts[place] == texts[index] for place in shown):
            return True
        gone = [place for place in shown if self._texts[place] not in known]
        own, _ = self._stubs.get(exercise_id, (None, ""))
        return any(self._is_beside(place, texts, index) for place in gone) and not (
            own is not None and self._is_beside(own, texts, index)
        )

    def _is_beside(self, place: int, texts: Sequence[str], index: int) -> bool:
        """Whether a notebook's cell has a neighbour that the lesson has there."""
        return any(
            0 <= index + step < len(texts)
            and 0 <= place + step < len(self._texts)
            and texts[index + step] == self._texts[place + step] != ""
            for step in (-1, 1)
        )


Originals = Callable[[str], Original | None]
"""The lesson of an exercise as learners got it; None where it is not at hand."""


def unknown(exercise_id: str) -> None:
    """`Originals` where there is no course: ids alone tell which cells are a lesson's own."""


def originals(load: Callable[[str], Iterable[Mapping[str, Any]] | None]) -> Originals:
    """`Originals` out of the cells of a released lesson, loaded by its name when asked for."""

    @cache
    def lesson(name: str) -> Original | None:
        cells = load(name)
        return None if cells is None else Original(cells)

    def original(exercise_id: str) -> Original | None:
        exercise = exercises().get(exercise_id)
        return None if exercise is None else lesson(exercise.lesson)

    return original


def is_worked_on(exercise_id: str, suite: str, original: Originals) -> bool:
    """Whether an answer is more than what was given, and more than imports and comments."""
    given = original(exercise_id)
    if given is not None and given.is_stub(exercise_id, suite):
        return False
    try:
        return read(suite).attempted
    except Rejected:
        return True


def is_answered(exercise_id: str, found: Found, original: Originals) -> bool:
    """Whether somebody has worked on an answer, or on several of which none can be told."""
    return found.problem is not None or is_worked_on(exercise_id, found.suite, original)


# ------------------------------------------------------------------ the answers of a notebook


@dataclass(frozen=True)
class _Cell:
    """A cell that may be an answer, or a part of one; its number is as a reader counts, from 1."""

    number: int
    text: str
    body: str
    named: bool
    marked: bool

    @classmethod
    def read(cls, index: int, source: str, *, marked: bool) -> "_Cell":
        named = named_exercise(source) is not None
        return cls(index + 1, judged(source), _body(source), named, marked)


def find_answers(nb: Mapping[str, Any], original: Originals = unknown) -> dict[str, Found]:
    """Find the answer to each exercise, wherever the cells stand.

    A cell belongs to an exercise by nbgrader's metadata, whatever the learner has made of it, or by
    its first line. Copies count once, and what is as it was given gives way to what is not. The
    lesson's own cells, which show what a test is worth, are no answers: the build has given them
    ids, and where a front end has dropped these, `original` tells.
    """
    cells = [cell if isinstance(cell, Mapping) else {} for cell in nb.get("cells", ())]
    sources = [source_of(cell) for cell in cells]
    texts = [_plain(source) for source in sources]
    known = set(texts)
    owners = _owners(cells)
    found: dict[str, list[_Cell]] = {}
    for index, (cell, owner) in enumerate(zip(cells, owners, strict=True)):
        if owner is not None:
            marked = _mark(cell) is not None
            lesson = None if marked else original(owner)
            if lesson is None or not lesson.owns(owner, texts, known, index):
                found.setdefault(owner, []).append(_Cell.read(index, sources[index], marked=marked))
    return {
        exercise_id: _told(exercise_id, mine, original, _next_to(mine, cells, owners))
        for exercise_id, mine in found.items()
    }


def missing(exercise_id: str) -> str:
    """The sentence for a notebook that lacks the answer cell of an exercise."""
    return f"The notebook holds no answer cell of {exercise_id}: take it back from the original."


def _mark(cell: Mapping[str, Any]) -> str | None:
    """The exercise that a cell's metadata name, as nbgrader writes them."""
    match cell:
        case {
            "source": _,
            "metadata": {"nbgrader": {"solution": True, "grade_id": str(exercise_id)}},
        }:
            return exercise_id
    return None


def _owners(cells: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """The exercise of each cell that may be an answer.

    A copy keeps its metadata: where its first line names another exercise, that one counts.
    """
    names = [named_exercise(source_of(cell)) for cell in cells]
    marks = [_mark(cell) for cell in cells]
    moved = [
        name is not None and name != mark and name in exercises()
        for name, mark in zip(names, marks, strict=True)
    ]
    kept = {mark for mark, away in zip(marks, moved, strict=True) if not away}
    owners: list[str | None] = []
    for cell, name, mark, away in zip(cells, names, marks, moved, strict=True):
        if mark is not None:
            owners.append(name if away and mark in kept else mark)
        elif cell.get("cell_type") == "code" and "source" in cell and not is_place(cell.get("id")):
            owners.append(name)
        else:
            owners.append(None)
    return owners


def _next_to(
    mine: Sequence[_Cell], cells: Sequence[Mapping[str, Any]], owners: Sequence[str | None]
) -> _Cell | None:
    """The cell below the only one, if it holds tests and no mark: a half that lost its metadata."""
    index = mine[0].number
    if len(mine) > 1 or index >= len(cells) or owners[index] is not None:
        return None
    cell = cells[index]
    source = source_of(cell)
    plain = cell.get("cell_type") == "code" and not source.lstrip().startswith("%%")
    if not plain or is_place(cell.get("id")) or TESTS.search(source) is None:
        return None
    return _Cell.read(index, source, marked=False)


def _told(
    exercise_id: str, cells: Sequence[_Cell], original: Originals, below: _Cell | None
) -> Found:
    """The answer among the cells of one exercise, or what to do."""
    distinct: dict[str, _Cell] = {}
    for cell in cells:
        if cell.body not in distinct or (cell.named and not distinct[cell.body].named):
            distinct[cell.body] = cell
    if len(distinct) == 1 and below is None:
        return Found(next(iter(distinct.values())).text)
    given = original(exercise_id)
    if below is not None and given is not None and given.holds(below.text):
        below = None
    real = [cell for cell in distinct.values() if is_worked_on(exercise_id, cell.text, original)]
    heads = [cell for cell in distinct.values() if cell.named]
    idle = next((cell for cell in heads if cell.body), next(iter(distinct.values())))
    if below is not None and not (real and _holds_tests(exercise_id, real[0].text)):
        return _split(exercise_id, [idle, below])
    if not real:
        return Found(idle.text)
    bodies = {cell.body for cell in real}
    parts = [cell for cell in real if not cell.named and cell.marked]
    whole = [cell for cell in heads if cell.body in bodies]
    upper = [cell for cell in whole or heads if cell.marked]  # it may hold imports alone
    if parts and upper and len(whole) <= 1:
        above = [cell for cell in upper if cell.number < parts[0].number]
        return _split(exercise_id, [(above or upper)[-1], *parts])
    if len(real) == 1:
        return Found(real[0].text)
    numbers = [cell.number for cell in cells if cell.body in bodies]
    count = NUMBERS.get(len(real), str(len(real)))
    return Found(
        real[0].text,
        f"The notebook holds {count} different answers for {exercise_id} "
        f"(cells {listed(numbers)}): keep one of them.",
    )


def _holds_tests(exercise_id: str, suite: str) -> bool:
    """Whether an answer has tests. Where only probes count, a fixture is as good."""
    exercise = exercises().get(exercise_id)
    try:
        found = read(suite)
    except Rejected:
        return True
    return bool(found.tests) or (found.attempted and exercise is not None and not exercise.mutants)


def _split(exercise_id: str, parts: Sequence[_Cell]) -> Found:
    ordered = sorted(parts, key=lambda cell: cell.number)
    return Found(
        "\n\n".join(cell.text for cell in ordered),
        f"The answer cell of {exercise_id} was split: merge cells "
        f"{listed(cell.number for cell in ordered)} again (Edit, Merge Selected Cells).",
    )


def listed(things: Iterable[object]) -> str:
    """`12, 13 and 15`; of many only the first."""
    *most, last = map(str, things)
    if len(most) > MOST_LISTED:
        most, last = most[:MOST_LISTED], f"{len(most) + 1 - MOST_LISTED} more"
    return f"{', '.join(most)} and {last}" if most else last
