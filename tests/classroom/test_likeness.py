"""Suites that are alike: what makes no difference, what does, and what is ordinary."""

import json
from pathlib import Path

import pytest
from helpers.autograded import FIRST, PART, new_course, report_on, write_autograded
from helpers.command import Grader
from helpers.outline import Outline, assert_readable, assert_stands_alone

from grader.classroom.alike import alike_in, kept, to_page
from grader.classroom.likeness import (
    PUBLISHED,
    alike,
    fingerprints,
    of_class,
    ordinary,
)
from grader.errors import CourseError

SUITE = """%%ipytest --mutants distinct-ids
import asyncio
from vespera_scriptorium import Container, TaskOrchestrator

async def test_ids_differ():
    orchestrator = Container().get(TaskOrchestrator)
    results = await orchestrator.create_many([{"title": "Task"}] * 5)
    ids = {result.task_id for result in results}
    assert len(ids) == 5
    for one in ids:
        assert isinstance(one, str), f"{one} is no text"

async def test_titles_stay():
    orchestrator = Container().get(TaskOrchestrator)
    wanted = ["a", "b", "c"]
    results = await orchestrator.create_many([{"title": title} for title in wanted])
    async with asyncio.timeout(5):
        found = [await orchestrator.get(result.task_id) for result in results]
    assert [task.title for task in found] == wanted
"""

DISGUISED = """%%ipytest --mutants distinct-ids
# All my own work.
from vespera_scriptorium import Container, TaskOrchestrator
import asyncio

async def test_order():
    'Tasks keep their names.'
    o = Container().get(TaskOrchestrator)
    names: list[str] = ["x", "y", "z"]
    rs = await o.create_many(
        [{"title": n} for n in names]
    )
    async with asyncio.timeout(9):
        tasks = [await o.get(r.task_id) for r in rs]
    assert [t.title for t in tasks] == names

async def test_unique():
    o = Container().get(TaskOrchestrator)
    rs = await o.create_many([{"title": "Paint"}] * 7)
    unique = {r.task_id for r in rs}
    assert len(unique) == 7
    for u in unique:
        assert isinstance(u, str), f"{u}!"
"""

OTHER = """%%ipytest --mutants distinct-ids
import pytest
from vespera_scriptorium import Container, TaskOrchestrator

@pytest.mark.parametrize("count", [1, 2, 50])
async def test_many(count):
    tasks = [dict(title=str(number)) for number in range(count)]
    made = await Container().get(TaskOrchestrator).create_many(tasks)
    seen = set()
    while made:
        last = made.pop()
        assert last.task_id not in seen
        seen.add(last.task_id)
    with pytest.raises(ValueError, match="title"):
        await Container().get(TaskOrchestrator).create_many([{}])
"""


def likeness(one: str, other: str) -> float:
    pairs = alike({"a": fingerprints(one), "b": fingerprints(other)}, {}, set())
    return pairs[0].likeness if pairs else 0.0


def test_a_disguise_makes_no_difference() -> None:
    """Names, values, comments, docstrings, annotations, layout and order."""
    assert likeness(SUITE, DISGUISED) > 0.9


def test_two_who_thought_for_themselves() -> None:
    assert likeness(SUITE, OTHER) == 0.0


def test_half_of_a_suite_is_found_in_the_whole() -> None:
    """The smaller one counts."""
    head, _, _ = SUITE.partition("async def test_titles")
    assert likeness(head, DISGUISED) > 0.9


def test_the_lines_that_are_alike_are_known() -> None:
    (pair,) = alike({"a": fingerprints(SUITE), "b": fingerprints(DISGUISED)}, {}, set())
    assert {6, 7, 8} <= set(pair.lines)
    assert {15, 18, 20} & set(pair.other_lines)
    assert 1 not in pair.lines


def test_what_the_lesson_shows_is_ordinary() -> None:
    """Whoever has read it writes like it."""
    assert of_class({"a": SUITE, "b": DISGUISED}, {}, [SUITE]) == []


def test_what_many_have_is_ordinary() -> None:
    """In a class of some size; two who are alike among them are still found."""
    same = {f"learner-{number}": SUITE for number in range(10)}
    assert of_class(same, {}, []) == []
    several = {
        f"learner-{number}": OTHER + f"\n\ndef test_{number}(): ...\n" for number in range(10)
    }
    pairs = of_class({**several, "a": SUITE, "b": DISGUISED}, {}, [])
    assert [(pair.one, pair.other) for pair in pairs] == [("a", "b")]


def test_one_stands_for_all_who_have_the_same() -> None:
    """Five who have copied are four pairs, not ten; who is like one of them is named once."""
    same = {name: fingerprints(SUITE) for name in "edcba"}
    pairs = alike({**same, "x": fingerprints(DISGUISED)}, {"term": fingerprints(SUITE)}, set())
    copies = {("a", "b"), ("a", "c"), ("a", "d"), ("a", "e"), ("a", "term")}
    assert {(pair.one, pair.other) for pair in pairs} in (copies | {("a", "x")}, copies)


@pytest.mark.parametrize("suite", ["def", "", "x = 1", "(" * 500, "-" * 5000 + "1", "\0"])
def test_anything_has_fingerprints_or_none(suite: str) -> None:
    assert len(fingerprints(suite)) < 3
    assert ordinary([fingerprints(suite)]) == set()


# ------------------------------------------------------------------ a class


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = new_course(tmp_path / "course")
    report = report_on(FIRST, {"test_ids": (1, 3)})
    for learner, suite in (("ada", SUITE), ("bob", DISGUISED), ("cy", OTHER), ("di", None)):
        write_autograded(root, learner, {FIRST: (suite, report)})
    return root


def test_pairs_of_a_class(course: Path) -> None:
    """Within the class and with the published solution, and a page of two beside each other."""
    found = {one.id: one for one in alike_in(course, PART)}
    pairs = [(pair.one, pair.other) for pair in found[FIRST].pairs]
    assert ("ada", "bob") in pairs
    assert ("di", PUBLISHED) in pairs
    assert not any("cy" in pair for pair in pairs)
    page = to_page(PART, list(found.values()))
    outline = Outline(page)
    assert_readable(outline)
    assert_stands_alone(outline)
    assert 'class="alike"' in page


def test_an_earlier_term(course: Path, tmp_path: Path) -> None:
    """Kept without a word of anybody's; found again by name and term."""
    term = tmp_path / "autumn.json"
    term.write_text(kept(course, PART))
    assert "orchestrator" not in term.read_text()
    later = new_course(tmp_path / "later")
    write_autograded(later, "eve", {FIRST: (DISGUISED, report_on(FIRST, {"test_ids": (1,)}))})
    (pair, *_) = alike_in(later, PART, [term])[0].pairs
    assert {pair.one, pair.other} in ({"eve", "ada (autumn)"}, {"eve", "bob (autumn)"})
    assert "only its fingerprints are kept" in to_page(PART, alike_in(later, PART, [term]))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"fingerprints": 0, "exercises": {}}'])
def test_a_file_that_holds_none(course: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(CourseError, match="holds no fingerprints"):
        alike_in(course, PART, [tmp_path / "x.json"])


def test_the_command(grader: Grader, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    code, output, errors = grader("likeness", PART, "--keep", "term.json")
    assert (code, errors) == (0, "")
    assert output == f"Open {course}/reports/{PART}-likeness.html in a browser.\n"
    assert json.loads((course / "term.json").read_text())["part"] == PART
    code, output, errors = grader("likeness", PART, "--json", "--earlier", "term.json")
    pairs = {(one["exercise"], one["one"], one["other"]) for one in json.loads(output)}
    assert {(FIRST, "ada", "bob"), (FIRST, "ada", "ada (term)")} <= pairs
