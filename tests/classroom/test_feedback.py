"""The page that a learner gets back."""

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from helpers.autograded import (
    FIRST,
    HOSTILE,
    INVISIBLE,
    LESSON,
    MINE,
    PART,
    hostile_report,
    report_on,
    write_autograded,
)
from helpers.classroom import Classroom, released
from helpers.course import ROOT
from helpers.outline import Outline, assert_readable, assert_stands_alone, words
from helpers.samples import Grade

from grader.classroom.feedback import CURES, INDEX, write_feedback
from grader.classroom.final import Told
from grader.course.notebooks import solution
from grader.errors import CourseError
from grader.report import ProbeReport, Report, Verdict
from grader.report import TestReport as OneTest  # pytest would take it for a test class

SECOND, THIRD = list(MINE)[1:]
ASIDE = OneTest("test_order", "flaky", "line 9: `x` moves")
HALF = report_on(FIRST, {"test_ids": (1, 3), "test_more": (3,)}, (ASIDE,))
SUITE = "%%ipytest --mutants distinct-ids\ndef test_ids():\n\tassert '<b>' < \"&\"\n"


def page_of(root: Path, report: Report | str | None = HALF, **options: Any) -> str:
    """The text of the page on one answer."""
    write_autograded(root, "ada", {FIRST: (SUITE, report)})
    (path,) = write_feedback(root, "ada", PART, **options)
    return path.read_text(encoding="utf-8")


def outline_of(root: Path, report: Report | str | None = HALF, **options: Any) -> Outline:
    """The same page, parsed."""
    return Outline(page_of(root, report, **options))


# ------------------------------------------------------------------ what it says


def test_where_the_pages_are(tmp_path: Path) -> None:
    """They lie where nbgrader's would, one for each notebook, and no unfinished file is left."""
    write_autograded(tmp_path, "ada", {})
    assert write_feedback(tmp_path, "ada", PART) == [
        tmp_path / "feedback" / "ada" / PART / f"{LESSON}.html"
    ]
    pages = {path.name for path in (tmp_path / "feedback" / "ada" / PART).iterdir()}
    assert pages == {f"{LESSON}.html", "index.html"}


def test_points_by_exercise_and_in_total(tmp_path: Path) -> None:
    """The total comes first, then the points of each exercise."""
    said = words(page_of(tmp_path))
    total = sum(exercise.points for exercise in MINE.values())
    assert f"{HALF.score:g} of {total} points" in said
    assert f"{MINE[FIRST].title} {HALF.score:g} of 5 2 of {len(MINE[FIRST].mutants)}" in said


def test_kill_matrix(tmp_path: Path) -> None:
    """A row for each test, a column for each mutant, and a last row for all tests together."""
    outline = outline_of(tmp_path)
    numbers = [mutant.number for mutant in HALF.mutants]
    cells = [text for text in outline.text["td"] if "kill" in text or "surviv" in text]
    whole = cells[: 3 * len(numbers)]
    kills = [text.removeprefix("✓") == "kills" for text in whole if "of" not in text]
    assert kills == [n in row for row in [(1, 3), (3,), ()] for n in numbers]
    last = [text[1:] for text in outline.text["td"] if text in {"✓killed", "✗survived"}]
    assert last == ["killed" if n in (1, 3) else "survived" for n in numbers]


def test_readable_without_colour(tmp_path: Path) -> None:
    """Each sign is left out by screen readers, and a word stands beside it."""
    outline = outline_of(tmp_path)
    signs = [text for text in outline.text["span"] if text in {"✓", "✗", "·"}]
    hidden = [a for a in outline.attributes("span") if a.get("aria-hidden") == "true"]
    assert len(hidden) >= len(signs) > 0
    assert {"✓", "✗", "·"}.isdisjoint(outline.text["td"])


def test_undefended_clauses(tmp_path: Path) -> None:
    """The clauses that survivors break stand there, and none that is defended."""
    said = words(page_of(tmp_path))
    clauses = [clause.replace("`", "") for clause in MINE[FIRST].contract]
    open_ = {mutant.clause.replace("`", "") for mutant in HALF.mutants if not mutant.killed}
    assert [clause in said for clause in clauses] == [clause in open_ for clause in clauses]


def test_killed_mutants_open_and_survivors_keep_their_secret(tmp_path: Path) -> None:
    """A killed mutant is folded and holds its diff; of a survivor not even the description."""
    outline = outline_of(tmp_path)
    variants = MINE[FIRST].mutants
    said = [" ".join(text.split()) for text in outline.text["summary"]]
    assert [text.split(":")[0] for text in said] == ["Mutant 1", "Mutant 3"]
    assert all("open" not in attributes for attributes in outline.attributes("details"))
    assert MINE[FIRST].diff(variants[0]).splitlines()[0] in outline.text["pre"][0]
    everything = " ".join(outline.text["html"][0].split())
    for mutant, variant in zip(HALF.mutants, variants, strict=True):
        told = " ".join(variant.description.replace("`", "").split()) in everything
        assert told == mutant.killed


@pytest.mark.parametrize("verdict", [name for name in get_args(Verdict) if name != "valid"])
def test_invalid_test_is_explained(tmp_path: Path, verdict: Verdict) -> None:
    """The verdict, the message, and what to do about that kind of verdict."""
    report = report_on(FIRST, {}, (OneTest("test_it", verdict, "line 3: it `is` so"),))
    said = words(page_of(tmp_path, report))
    assert f"test_it ✗ {verdict} line 3: it is so {CURES[verdict].replace('`', '')}" in said


def test_note_on_a_valid_test(tmp_path: Path) -> None:
    """What a valid test is told about is not lost."""
    report = replace(HALF, tests=(OneTest("test_ids", "valid", "is a coroutine", (1, 3)),))
    assert "Worth a look test_ids: is a coroutine" in words(page_of(tmp_path, report))


def test_suite_stands_there_with_line_numbers(tmp_path: Path) -> None:
    """The learner's tests are shown as text, and each line has the number that messages name."""
    outline = outline_of(tmp_path)
    lines = [a["data-line"] for a in outline.attributes("span") if "data-line" in a]
    assert lines[:3] == ["1", "2", "3"]
    assert SUITE.rstrip() in [text.rstrip("\n") for text in outline.text["pre"]]


def test_probes(tmp_path: Path) -> None:
    """Probes have their own column and their own list."""
    probes = (ProbeReport("it_closes", True), ProbeReport("it_opens", False, "never"))
    said = words(page_of(tmp_path, replace(HALF, probes=probes)))
    assert "it_closes ✓ passed it_opens ✗ failed never" in said
    assert "Probes passed" in said
    assert "Probes passed" not in words(page_of(tmp_path))


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ("The notebook holds no answer.", "was not graded. The notebook holds no answer."),
        (None, "was not graded. No report is stored for this answer: grade it again."),
        (Report(FIRST, "rejected", "Line 1: `os`.", 5), "rejected before they ran. Line 1: os."),
        (Report(FIRST, "error", "Line 1: no Python.", 5), "Nothing could be run. Line 1: no P"),
        (Report(FIRST, "not-attempted", "Write.", 5), "not attempted this exercise. Write."),
        (Report(FIRST, "graded", "No test was found.", 5), "No test was found."),
        (Report(SECOND, "graded", None, 5), "No report is stored for this answer"),
    ],
)
def test_nothing_graded(tmp_path: Path, found: Report | str | None, sentence: str) -> None:
    """Where no test counted, a sentence says why."""
    assert sentence in words(page_of(tmp_path, found))


def test_report_that_is_broken(tmp_path: Path) -> None:
    """A report that is none is not guessed at: the rest of the page is there."""
    path = write_autograded(tmp_path, "ada", {FIRST: (SUITE, HALF)})
    nb = json.loads(path.read_text())
    (cell,) = [cell for cell in nb["cells"] if cell["id"] == f"{FIRST}-score"]
    cell["metadata"]["grader"]["report"]["score"] = 100
    path.write_text(json.dumps(nb))
    (written,) = write_feedback(tmp_path, "ada", PART)
    said = words(written.read_text())
    assert "grade it again. (the report: its score is out of range)" in said
    assert "0 of 15 points" in said


def test_exercise_that_has_changed(tmp_path: Path) -> None:
    """Mutants of another version are not mistaken for those of today."""
    mutants = tuple(replace(mutant, clause="An older clause.") for mutant in HALF.mutants)
    outline = outline_of(tmp_path, replace(HALF, mutants=mutants))
    assert "summary" not in outline.text
    assert "has changed since your tests were graded" in outline.text["main"][0]


def test_points_by_hand(tmp_path: Path) -> None:
    """Points that an instructor gave count, and the grader's stand beside them."""
    said = words(page_of(tmp_path, told=Told(scores={FIRST: 4.5, SECOND: 0.0})))
    assert "4.5 of 15 points" in said
    assert f"Your instructor gave these points; the grader gave {HALF.score:g}." in said
    assert said.count("Your instructor gave") == 1


def test_one_page_on_all_of_a_part(tmp_path: Path) -> None:
    """The final score and what it is made of, when it came, and a way from lesson to clause."""
    told = Told(
        scores={FIRST: HALF.score},
        tests=HALF.score,
        by_hand=1.0,
        penalties={LESSON: 0.5},
        submitted=datetime(2026, 2, 1, 10, 0),
        due=datetime(2026, 1, 31, 22, 0),
    )
    path = tmp_path / "feedback" / "ada" / PART / INDEX
    page_of(tmp_path, told=told)
    page = path.read_text(encoding="utf-8")
    said = words(page)
    assert "Part 2: Advanced" in said
    assert f"{HALF.score + 0.5:g} of 15 points" in said
    assert f"Made of: tests {HALF.score:g}, by hand +1, late penalty −0.5." in said
    assert "due 2026-01-31 22:00 UTC: 12 hours late" in said
    for anchor in ("exercise-1", "exercise-1-undefended-1"):
        assert f'href="#{anchor}"' in page
        assert page.count(f'id="{anchor}"') == 1
    assert_readable(Outline(page))
    assert_stands_alone(Outline(page))


def test_refused_notebook(tmp_path: Path) -> None:
    """A notebook that was refused says why at the top."""
    write_autograded(tmp_path, "ada", {}, status="refused", reason="It is a pipe.")
    (path,) = write_feedback(tmp_path, "ada", PART)
    assert "This notebook was refused. It is a pipe." in words(path.read_text())


@pytest.mark.parametrize(
    ("submitted", "said"),
    [
        ("2026-11-20T10:00:00", "handed in 2026-11-20 10:00 UTC"),
        ("2026-11-20T12:00:00.5+02:00", "handed in 2026-11-20 10:00 UTC"),
        ("<yesterday>", "handed in <yesterday>"),
    ],
)
def test_when_it_was_handed_in(tmp_path: Path, submitted: str, said: str) -> None:
    """The time is told to the minute; what is no time is told as it is."""
    write_autograded(tmp_path, "ada", {}, submitted=submitted)
    (path,) = write_feedback(tmp_path, "ada", PART)
    assert said in words(path.read_text())


def test_same_bytes(tmp_path: Path) -> None:
    """The same notebook makes the same page."""
    assert page_of(tmp_path) == page_of(tmp_path)


def test_real_reports(tmp_path: Path, grade: Grade) -> None:
    """The solution earns full marks on the page, as it does in the notebook."""
    text = solution(ROOT, FIRST)
    write_autograded(tmp_path, "ada", {FIRST: (None, grade(text, MINE[FIRST]))})
    (path,) = write_feedback(tmp_path, "ada", PART)
    assert "5 of 5 points. ✓ Full marks." in words(path.read_text())


# ------------------------------------------------------------------ what it withstands


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """A page in which everything that a stranger may write is hostile."""
    write_autograded(
        tmp_path,
        "ada",
        {
            FIRST: (f"%%ipytest\n{HOSTILE}\n</span></pre>", hostile_report()),
            SECOND: (HOSTILE, Report(SECOND, "rejected", HOSTILE, 5)),
            THIRD: (HOSTILE, HOSTILE),
        },
        submitted=HOSTILE,
        lesson=HOSTILE,
    )
    comments = {FIRST: f"{HOSTILE}\n\n# Big\n\n[a](javascript:alert(1)) [b](data:text/html,x)"}
    (path,) = write_feedback(tmp_path, "ada", PART, told=Told(comments))
    return path.read_text(encoding="utf-8")


def test_hostile_text_is_text(hostile: str) -> None:
    """Whatever was written stands there to be read, and is no markup, script or template."""
    outline = Outline(hostile)
    assert_stands_alone(outline)
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in outline.text["body"][0]
    assert "{{ 7 * 7 }}" in outline.text["body"][0]
    assert "svg" not in outline.text


def test_invisible_characters_can_be_seen(hostile: str) -> None:
    """Escapes stand where a character would move a cursor or turn the text around."""
    assert INVISIBLE.search(hostile) is None
    assert r"\x1b[2J\x9b31m\x00\x7f\u202egnp.exe\u2066\ufeff" in hostile


def test_hostile_page_is_still_in_order(hostile: str) -> None:
    """Headings, tables, names and regions are what they would be anyway."""
    assert_readable(Outline(hostile))


def test_page_vouches_for_its_style(tmp_path: Path) -> None:
    """The page allows itself one style sheet, by its hash, and nothing else."""
    (policy,) = [
        str(meta["content"])
        for meta in outline_of(tmp_path).attributes("meta")
        if "http-equiv" in meta
    ]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_ordinary_page_is_in_order(tmp_path: Path) -> None:
    """Structure, and nothing that runs or is loaded."""
    outline = outline_of(
        tmp_path, told=Told({FIRST: "**Fine**, see [here](https://docs.python.org)."})
    )
    assert_readable(outline)
    assert_stands_alone(outline)


def test_comment_in_markdown(tmp_path: Path) -> None:
    """A comment may have emphasis, code, lists and links; raw HTML is text."""
    comment = "**Well** done:\n\n- see [docs](https://docs.python.org)\n- `x`\n\n<u>raw</u>"
    outline = outline_of(tmp_path, told=Told({FIRST: comment}))
    assert {"href": "https://docs.python.org"} in outline.attributes("a")
    assert "Well" in outline.text["strong"]
    assert "<u>raw</u>" in outline.text["body"][0]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JAVA\tSCRIPT:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_link_that_runs(tmp_path: Path, link: str) -> None:
    """A link in a comment leads to a page or to nothing."""
    page = page_of(tmp_path, told=Told({FIRST: f"[a](<{link}>) ![b]({link})"}))
    assert_stands_alone(Outline(page))


@pytest.mark.parametrize("name", ["../../x", "..", "", "a/b", "*", "a\0b"])
def test_names_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    """A learner or a part is the name of a folder, and no way out of it."""
    write_autograded(tmp_path, "ada", {})
    for names in [(name, PART), ("ada", name)]:
        with pytest.raises(CourseError, match="is no name of a"):
            write_feedback(tmp_path, *names)


def test_nothing_graded_yet(tmp_path: Path) -> None:
    """Who was not graded gets no page, and the instructor a sentence."""
    with pytest.raises(CourseError, match="holds nothing of 'ada'"):
        write_feedback(tmp_path, "ada", PART)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 1}', "[" * 100_000])
def test_file_that_is_no_notebook(tmp_path: Path, content: str) -> None:
    """A broken file is named."""
    path = write_autograded(tmp_path, "ada", {})
    path.write_text(content)
    with pytest.raises(CourseError, match="is not a notebook: grade its learner again"):
        write_feedback(tmp_path, "ada", PART)


# ------------------------------------------------------------------ nbgrader's own command


@pytest.mark.slow
def test_nbgrader_writes_our_page(tmp_path: Path) -> None:
    """`nbgrader generate_feedback` makes this page, with the gradebook's points and comments."""
    room = Classroom(tmp_path)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    room.run("nbgrader", "generate_assignment", PART)
    room.hand_in("ada", released())
    room.run("nbgrader", "autograde", PART)
    path = tmp_path / "autograded" / "ada" / PART / f"{LESSON}.ipynb"
    path.unlink()
    write_autograded(tmp_path, "ada", {FIRST: (SUITE, HALF)})
    room.run("nbgrader", "generate_feedback", PART)
    page = tmp_path / "feedback" / "ada" / PART / f"{LESSON}.html"
    said = words(page.read_text(encoding="utf-8"))
    assert "Which test kills which mutant" in said
    assert f"Your instructor gave these points; the grader gave {HALF.score:g}." in said
    assert "No response." not in said, "nbgrader says it, not the instructor"
