"""The report that a learner sees, as HTML and as text."""

import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.outline import Outline

from grader.exercise import Exercise
from grader.pages.panel import to_html, to_text
from grader.pages.view import headline
from grader.report import MutantReport, ProbeReport, Report, from_json, to_json
from grader.report import TestReport as OneTest  # pytest would take it for a test class

DATA = Path(__file__).parents[1] / "data"


class Counter:
    """The subject of an exercise that exists here only."""

    def up(self) -> int:
        """Count one up, and return the count."""
        return 1

    def down(self) -> int:
        """Count one down, and return the count."""
        return -1


counting = Exercise(
    id="counting",
    lesson="00-counting",
    title="Counting",
    points=4,
    subject=Counter,
    contract=("`up` counts <one> up.", "`down` counts one down."),
    hint="Count.",
)


@counting.mutant(clause=1)
class CaughtTwice(Counter):
    """Counts two & calls it `one`."""

    def up(self) -> int:
        return 2


@counting.mutant(clause=2)
class SecretStandsStill(Counter):
    """Secretly counts nothing down."""

    def down(self) -> int:
        return 0  # the secret


@counting.mutant(clause=2)
class SecretJump(Counter):
    """Secretly jumps."""

    def down(self) -> int:
        return -10  # the secret


REPORT = Report(
    "counting",
    "graded",
    None,
    4,
    1.2,
    0.3333,
    (
        OneTest("test_up", "valid", kills=(1,)),
        OneTest("test_wrong", "wrong", "line 9: assert '<b>' == \"&\""),
        OneTest(
            "test_flaky[<script>alert(1)</script>]",
            "flaky",
            "passes under one schedule and fails under another (eager tasks): `x` is undefined",
        ),
    ),
    (
        MutantReport(1, True, counting.contract[0]),
        MutantReport(2, False, counting.contract[1]),
        MutantReport(3, False, counting.contract[1]),
    ),
    (ProbeReport("a counter starts at zero", True), ProbeReport("it closes", False, "never")),
    python="3.12",
)
PLAIN = [
    Report("counting", "not-attempted", "Write your tests.", 4),
    Report("counting", "rejected", "Line 1: `open` is not allowed here.", 4),
    Report("counting", "error", "Line 1: <script>invalid</script>.", 4),
    replace(REPORT, tests=(), probes=(), reason="No test found.", score=0.0),
]
ALL = [REPORT, *PLAIN]


@pytest.fixture
def outline() -> Outline:
    return Outline(to_html(REPORT, counting))


@pytest.mark.parametrize("report", ALL, ids=lambda report: report.status)
def test_well_formed(report: Report) -> None:
    """Every element is closed in its place, and there is one root."""
    outline = Outline(to_html(report, counting))
    assert [tag for tag, _ in outline.elements].count("div") == 1
    assert outline.elements[0][0] == "div"


@pytest.mark.parametrize("report", ALL, ids=lambda report: report.status)
def test_nothing_runs(report: Report) -> None:
    """No script, no handler, no style sheet, nothing loaded, no link: a panel is only text."""
    for tag, attributes in Outline(to_html(report, counting)).elements:
        assert tag not in {"script", "style", "link", "iframe", "img", "object", "a", "form"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "href"}]


def test_escaped(outline: Outline) -> None:
    """What learners and contracts write stands there as text."""
    assert "test_flaky[<script>alert(1)</script>]" in outline.text["code"]
    assert "assert '<b>' == \"&\"" in outline.text["div"][0]
    assert "up counts <one> up." not in outline.text["div"][0]  # it is defended


def test_code_in_prose(outline: Outline) -> None:
    """What stands in backticks in a clause, a docstring or a message is code."""
    assert {"down", "one", "x"} <= set(outline.text["code"])
    assert "`" not in outline.text["div"][0]


def test_tables_have_headers(outline: Outline) -> None:
    """Each header says whether it heads a column or a row."""
    scopes = [attributes.get("scope") for attributes in outline.attributes("th")]
    assert scopes == ["col"] * 3 + ["row"] * len(REPORT.tests)


def test_killed_mutant_opens(outline: Outline) -> None:
    """A killed mutant is folded; open, it shows its killers and its diff, and the keyboard scrolls
    it."""
    (details,) = outline.text["details"]
    assert outline.text["summary"] == ["Mutant 1: Counts two & calls it one."]
    assert "Killed by test_up" in details
    assert "-    return 1\n+    return 2\n" in details
    assert "open" not in outline.attributes("details")[0]
    (pre,) = outline.attributes("pre")
    assert pre["tabindex"] == "0"
    assert pre["aria-label"] == "What mutant 1 changes"


@pytest.mark.parametrize(
    "text",
    [
        to_html(REPORT, counting),
        to_text(REPORT, counting),
        json.dumps(to_json(REPORT)),
    ],
    ids=["html", "text", "json"],
)
def test_survivors_keep_their_secret(text: str) -> None:
    """Of a survivor only the clause is told: no name, no docstring, no line of its source."""
    assert "counts one down" in text
    assert "secret" not in text.lower()
    assert "CaughtTwice" not in text


def test_survivors_of_one_clause_share_a_line(outline: Outline) -> None:
    """A clause is told once, whatever the number of mutants that break it."""
    said = "Clause 2 (mutants 2, 3): down counts one down. (no valid test defends this clause)"
    assert said in outline.text["li"]
    assert "  Clause 2 (mutants 2, 3): `down` counts one down." in to_text(REPORT, counting)


def test_a_clause_that_is_defended_in_part() -> None:
    """Where some of its mutants died, nobody is told that no test defends the clause."""
    partly = replace(REPORT.mutants[1], killed=True)
    report = replace(REPORT, mutants=(REPORT.mutants[0], partly, REPORT.mutants[2]))
    for text in (to_html(report, counting), to_text(report, counting)):
        assert "Clause 2 (mutant 3)" in text
        assert "not every promise of this clause is defended" in text
        assert "no valid test" not in text


def test_the_penalty_is_told() -> None:
    """What tests that are set aside cost stands in the first line; a tenth each, at most half."""
    assert "2 of 3 tests set aside: 20 % less." in headline(REPORT)
    many = replace(REPORT, tests=REPORT.tests[1:] * 4)
    assert "8 of 8 tests set aside: 50 % less." in headline(many)


def test_the_page_that_explains_it() -> None:
    """The panel links to it where it is there."""
    assert 'href="../what.ipynb"' in to_html(REPORT, counting, "../what.ipynb")
    assert "href" not in to_html(REPORT, counting)


def test_order(outline: Outline) -> None:
    """Counts first, then what to do next, then the tests, and killed mutants last."""
    text = outline.text["div"][0]
    places = [text.index(part) for part in ("1 of 3 mutants", "Survived", "Tests", "Killed:")]
    assert places == sorted(places)


def test_verdicts_are_words(outline: Outline) -> None:
    """A verdict is told by a word, and by a sign that screen readers leave out."""
    assert outline.text["strong"][2:5] == ["valid", "wrong", "flaky"]
    signs = [attributes.get("aria-hidden") for attributes in outline.attributes("span")]
    assert signs == ["true"] * 5


def test_text_colours_are_the_theme_s(outline: Outline) -> None:
    """No text has a colour of ours, so that it can be read in light and in dark themes."""
    for _, attributes in outline.elements:
        for rule in (attributes.get("style") or "").split(";"):
            name, _, value = rule.partition(":")
            assert name.strip() != "color" or value.strip() == "inherit"


@pytest.mark.parametrize("report", PLAIN[:3], ids=lambda report: report.status)
def test_nothing_graded(report: Report) -> None:
    """Where nothing was graded, one sentence says so, in HTML as in text."""
    outline = Outline(to_html(report, counting))
    assert outline.text["div"][0].strip() == to_text(report, counting)


def same_as_file(name: str, text: str) -> None:
    """Compares with a file of tests/data, or writes it when asked to with UPDATE_GOLDEN=1."""
    path = DATA / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_golden_files() -> None:
    """The whole report, as HTML and as text: look at the difference before you accept it."""
    same_as_file("panel.html", to_html(REPORT, counting) + "\n")
    same_as_file("panel.txt", to_text(REPORT, counting) + "\n")


def test_json() -> None:
    """The report for other programs is plain JSON and holds what the panel shows."""
    found: dict[str, Any] = json.loads(json.dumps(to_json(REPORT)))
    assert [test["verdict"] for test in found["tests"]] == ["valid", "wrong", "flaky"]
    assert found["mutants"][1] == {"number": 2, "killed": False, "clause": counting.contract[1]}


@pytest.mark.parametrize("report", ALL, ids=lambda report: report.status)
def test_json_can_be_read_again(report: Report) -> None:
    """What was written as JSON is read as the same report, whatever else stands beside it."""
    found = json.loads(json.dumps({**to_json(report), "of another version": [1]}))
    assert from_json(found) == report


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"score": "1.2"}, "score"),
        ({"score": True}, "score"),
        ({"score": math.nan}, "score"),
        ({"score": 10**400}, "score"),
        ({"score": 4.5}, "score"),
        ({"mutation_score": -1}, "score"),
        ({"points": 4.0}, "points"),
        ({"status": "passed"}, "status"),
        ({"status": ["graded"]}, "status"),
        ({"tests": {}}, "tests"),
        ({"tests": [{"name": "a", "verdict": "valid", "message": None}]}, r"0\]: kills is missing"),
        (
            {"tests": [{"name": 1, "verdict": "valid", "message": None, "kills": []}]},
            r"tests\[0\]\.name",
        ),
        (
            {"tests": [{"name": "a", "verdict": "valid", "message": None, "kills": [4]}]},
            "numbers of its mutants",
        ),
        ({"mutants": [{"number": 2, "killed": True, "clause": ""}]}, "numbers of its mutants"),
        ({"mutants": [{"number": 1, "killed": 1, "clause": ""}]}, r"mutants\[0\]\.killed"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_json_that_is_no_report(change: dict[str, Any], place: str) -> None:
    """A value of another type or out of its range is named, and nothing is guessed."""
    with pytest.raises(ValueError, match=place):
        from_json({**json.loads(json.dumps(to_json(REPORT))), **change})


@pytest.mark.parametrize("value", [None, "report", [], {}, {"exercise": "counting"}])
def test_json_of_something_else(value: object) -> None:
    """What is no report at all is refused."""
    with pytest.raises(ValueError, match=r"the report(: |\.)"):
        from_json(value)


@pytest.mark.parametrize("show", [to_html, to_text])
def test_invisible_characters_can_be_seen(show: Callable[[Report, Exercise], str]) -> None:
    """What would move a cursor or turn a text around stands there as an escape."""
    odd = "\x1b[2J\x9b\u202egnp\u2066\ufeff\udc80 família 家族 न\u200dन"
    report = replace(REPORT, tests=(OneTest("test_up", "wrong", odd),))
    assert r"\x1b[2J\x9b\u202egnp\u2066\ufeff\udc80 família 家族 न‍न" in show(report, counting)
