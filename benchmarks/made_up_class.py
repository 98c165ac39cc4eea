"""A class that never was: seeded, so that it hands in the same suites every time.

The shares are what one would expect of a class some days before the deadline.
"""

import ast
import json
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from random import Random

from grader.bank import exercises
from grader.course.lessons import Lesson, find_root, lessons
from grader.course.notebooks import solution, stub
from grader.exercise import Exercise

ROOT = find_root(Path(__file__).parent)

Kind = Callable[[str, str, Random], str]
"""Makes a suite from the solution and the stub of its exercise."""


def full(solved: str, stub: str, random: Random) -> str:
    """Everything is right, in words of one's own."""
    return _own_words(solved, random)


def copied(solved: str, stub: str, random: Random) -> str:
    """The published solution, to the letter."""
    return solved


def partial(solved: str, stub: str, random: Random) -> str:
    """Some of the tests that are needed."""
    return _own_words(_some_tests(solved, random), random)


def weak(solved: str, stub: str, random: Random) -> str:
    """Runs everything and asserts nothing."""
    lines = [line for line in solved.splitlines() if not line.lstrip().startswith("assert ")]
    try:
        ast.parse("\n".join(lines))
    except SyntaxError:
        lines = ["def test_it_works():", "    pass"]
    return _own_words("\n".join(lines), random)


def flaky(solved: str, stub: str, random: Random) -> str:
    """One test counts on the order in which tasks are run."""
    return _own_words(solved + FLAKY, random)


def hanging(solved: str, stub: str, random: Random) -> str:
    """One test waits for what never comes."""
    return _own_words(solved + HANGING, random)


def empty(solved: str, stub: str, random: Random) -> str:
    """Nobody has begun."""
    return stub


SHARES: tuple[tuple[Kind, int], ...] = (
    *((full, 30), (copied, 10), (partial, 30), (weak, 8), (flaky, 4), (hanging, 3)),
    (empty, 15),
)
"""In percent. Those who copy, and those who do nothing, hand in what others have handed in."""

FLAKY = """

async def test_in_the_order_of_creation():
    import asyncio
    order = []

    async def note(number):
        order.append(number)

    await asyncio.gather(*(note(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
"""

HANGING = """

async def test_that_waits():
    import asyncio
    await asyncio.Event().wait()
"""


def _own_words(suite: str, random: Random) -> str:
    """The same tests, and no two of them alike: every learner names things differently."""
    return f"{suite.rstrip()}\n\n# {random.getrandbits(64):x}\n"


def _some_tests(suite: str, random: Random) -> str:
    tree = ast.parse(suite)
    tests = [node for node in tree.body if getattr(node, "name", "").startswith("test_")]
    gone = random.sample(tests, len(tests) // 2)
    lines = suite.splitlines()
    for node in gone:
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        for number in range(first - 1, node.end_lineno or first):
            lines[number] = ""
    return "\n".join(lines)


def suites(
    size: int, chosen: Iterable[Exercise], solutions: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """What each learner hands in, by exercise. `solutions` are the published ones by default."""
    random = Random(0)
    kinds, weights = zip(*SHARES, strict=True)
    texts = {
        one.id: (solutions[one.id] if solutions else solution(ROOT, one.id), stub(ROOT, one.id))
        for one in chosen
    }
    learners = []
    for number in range(size):
        (kind,) = random.choices(kinds, weights)
        learners.append(
            {name: kind(*both, Random(f"{number} {name}")) for name, both in texts.items()}
        )
    return learners


def course(
    root: Path,
    size: int,
    parts: Collection[str] | None = None,
    *,
    home: Path = ROOT,
    solutions: Mapping[str, str] | None = None,
) -> list[str]:
    """Make a course in `root` in which so many learners have handed in these parts, or all.

    The course is that of the checkout at `home`; handed in are the exercises of `solutions`.
    """
    shutil.copytree(home / "solutions", root / "solutions")
    shutil.copy(home / "nbgrader_config.py", root)
    every = [lesson for lesson in lessons(ROOT) if lesson.part]
    taught = every if parts is None else [lesson for lesson in every if lesson.part in parts]
    taught = [lesson for lesson in taught if (home / "notebooks" / lesson.notebook).exists()]
    names = {lesson.name for lesson in taught}
    chosen = [
        one
        for one in exercises().values()
        if one.lesson in names and (solutions is None or one.id in solutions)
    ]
    if solutions is not None and len(chosen) != len(solutions):
        raise ValueError(f"not all in these parts: {', '.join(solutions)}")
    for number, answers in enumerate(suites(size, chosen, solutions)):
        for lesson in taught:
            _hand_in(root / "submitted" / f"learner-{number:03}", home, lesson, answers)
    return sorted({lesson.part for lesson in taught})


def _hand_in(folder: Path, home: Path, lesson: Lesson, answers: Mapping[str, str]) -> None:
    nb = json.loads((home / "notebooks" / lesson.notebook).read_text(encoding="utf-8"))
    left_out = exercises().keys() - answers.keys()
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in left_out]
    for cell in nb["cells"]:
        if cell["id"] in answers:
            magic = f"%%ipytest --mutants {cell['id']}\n"
            cell["source"] = magic + answers[cell["id"]].lstrip("\n")
    path = folder / lesson.notebook
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
