"""The records of a run: what is lawful counts, and nothing else does."""

from typing import Any

import pytest

from grader.engine.records import Outcome, Transcript, read_answer
from grader.runner.protocol import Answer

TESTS = ["test_a", "test_b"]
COLLECTED = {"cases": 2, "collected": TESTS}
FINISH = {"finish": True}


def phase(number: int, phase: str, outcome: str = "passed", message: Any = None) -> dict[str, Any]:
    """One phase of one case."""
    return {"case": number, "phase": phase, "outcome": outcome, "message": message}


def case(
    number: int, call: str = "passed", *, left: tuple[str, ...] = (), choices: bool = False
) -> list[Any]:
    """All records of one case, whose setup passes."""
    message = None if call == "passed" else "line 1: assert 0"
    return [
        {"start": number},
        phase(number, "setup"),
        phase(number, "call", call, message),
        phase(number, "teardown"),
        {"end": number, "left": list(left), "choices": choices},
    ]


def answer(
    *records: Any,
    hung: bool = False,
    status: int | None = None,
    malformed: bool = False,
    overflow: bool = False,
) -> Answer:
    """What the process that runs tests may send."""
    return Answer(0, records, hung, status, malformed, overflow)


def answered(*records: Any, **more: Any) -> Transcript:
    """What an answer with these records means, for both tests."""
    return read_answer(answer(*records, **more), TESTS, 5)


def endings(transcript: Transcript) -> dict[str, str]:
    return {name: outcome.ending for name, outcome in transcript.outcomes.items()}


LAWFUL = [COLLECTED, *case(0), *case(1, "failed"), FINISH]


def test_a_lawful_run() -> None:
    """Each test ends as its records say."""
    found = answered(*LAWFUL, status=0, overflow=False, malformed=False)
    assert found.outcomes == {
        "test_a": Outcome("passed", choices=False),
        "test_b": Outcome("failed", "line 1: assert 0", kills=True, choices=False),
    }
    assert found.collected == ("test_a", "test_b")


def test_cases_come_in_any_order() -> None:
    """pytest may reorder them, and may begin with any."""
    assert endings(answered(COLLECTED, *case(1), *case(0), FINISH)) == {
        "test_a": "passed",
        "test_b": "passed",
    }


def test_a_case_without_a_call() -> None:
    """Where the setup does not pass there is none."""
    setup = [{"start": 0}, phase(0, "setup", "failed", "x"), phase(0, "teardown")]
    found = answered(COLLECTED, *setup, {"end": 0, "left": [], "choices": False}, *case(1), FINISH)
    assert found.outcomes["test_a"] == Outcome("failed", "x", kills=False, choices=False)


def test_what_is_left_behind() -> None:
    """It is noted with the end of its case."""
    found = answered(COLLECTED, *case(0, left=("leaves the task `a` running",)), *case(1), FINISH)
    outcome = Outcome("left", "leaves the task `a` running", choices=False)
    assert found.outcomes["test_a"] == outcome


def test_where_there_was_a_choice() -> None:
    """One case is enough; and who knows what a case that did not end had to choose from."""
    cases = {"cases": 3, "collected": ["test_a", "test_a", "test_b"]}
    found = answered(cases, *case(0, choices=True), *case(1), *case(2), FINISH)
    assert {name: outcome.choices for name, outcome in found.outcomes.items()} == {
        "test_a": True,
        "test_b": False,
    }
    assert answered(COLLECTED, {"start": 0}, hung=True).outcomes["test_a"].choices


@pytest.mark.parametrize(
    ("hung", "ending", "message"),
    [(True, "hung", "takes longer than 5 s"), (False, "died", "ends the process it runs in")],
)
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_run_that_ends_in_the_middle(hung: bool, ending: str, message: str, length: int) -> None:
    """What was complete counts, the test at work is to blame, the rest is not there."""
    found = answered(COLLECTED, *case(1)[:length], hung=hung)
    assert found.outcomes == {"test_b": Outcome(ending, message)}  # type: ignore[arg-type]
    found = answered(COLLECTED, *case(0), *case(1)[:length], hung=hung, status=None)
    assert endings(found) == {"test_a": "passed", "test_b": ending}


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_pytest_that_is_told_to_stop(length: int) -> None:
    """The test that stopped it has ended its process, and the next has not begun."""
    found = answered(COLLECTED, *case(0)[:length], FINISH, status=0)
    assert endings(found) == {"test_a": "died"}


@pytest.mark.parametrize("status", [0, 1, -9, None])
def test_an_exit_in_a_test_is_no_pass(status: int | None) -> None:
    """With whatever code the process ends."""
    assert endings(answered(COLLECTED, *case(0)[:2], status=status)) == {"test_a": "died"}


def test_a_suite_that_cannot_be_imported() -> None:
    """The first reason is told, as a sentence."""
    found = answered({"broken": "line 1: x"}, {"cases": 0, "collected": []}, FINISH)
    assert found == Transcript(broken="Line 1: x.")


def test_a_suite_that_skips_itself() -> None:
    """All its tests are skipped."""
    found = answered({"skipped": "test_suite.py"}, {"cases": 0, "collected": []}, FINISH)
    assert set(endings(found).values()) == {"skipped"}


def test_too_many_cases() -> None:
    """The number is told."""
    found = answered({"cases": 201, "collected": ["test_a"] * 200}, FINISH)
    assert found.rejected == "201 cases: at most 200 count, use fewer."


def replaced(number: int, record: Any) -> list[Any]:
    """The lawful run with another record in the place of one."""
    return [*LAWFUL[:number], record, *LAWFUL[number + 1 :]]


def inserted(number: int, *records: Any) -> list[Any]:
    """The lawful run with more records before one."""
    return [*LAWFUL[:number], *records, *LAWFUL[number:]]


UNLAWFUL = {
    "no object": inserted(1, [1]),
    "nothing": inserted(1, None),
    "empty": inserted(1, {}),
    "unknown": inserted(1, {"note": "x"}),
    "unknown field": replaced(1, {"start": 0, "note": "x"}),
    "missing field": replaced(2, {"case": 0, "phase": "setup", "outcome": "passed"}),
    "collected twice": inserted(1, COLLECTED),
    "collected later": inserted(11, COLLECTED),
    "collected never": LAWFUL[1:],
    "collected more than counted": [{"cases": 1, "collected": TESTS}, *LAWFUL[1:]],
    "collected less than counted": [{"cases": 3, "collected": TESTS}, *LAWFUL[1:]],
    "collected something else": [{"cases": 2, "collected": ["test_a", 1]}, *LAWFUL[1:]],
    "a count that is no number": [{"cases": True, "collected": ["test_a"]}, *LAWFUL[1:6], FINISH],
    "too many, and some run": [{"cases": 201, "collected": ["test_a"] * 200}, *case(0), FINISH],
    "broken, and some run": [{"broken": "x"}, *LAWFUL],
    "broken later": inserted(6, {"broken": "x"}),
    "broken for no reason": [{"broken": None}, FINISH],
    "skipped later": inserted(6, {"skipped": "x"}),
    "start twice": inserted(2, {"start": 0}),
    "start again": inserted(11, *case(0)),
    "start of another": inserted(3, {"start": 1}),
    "start out of range": inserted(6, *case(2)),
    "start below range": inserted(6, *case(-1)),
    "start of a truth": replaced(1, {"start": False}),
    "start of a text": replaced(1, {"start": "0"}),
    "a test that was not asked for": [
        {"cases": 3, "collected": [*TESTS, "test_c"]},
        *case(2),
        *LAWFUL[1:],
    ],
    "end without start": LAWFUL[:1] + LAWFUL[2:],
    "end twice": inserted(6, LAWFUL[5]),
    "end of another": replaced(5, {"end": 1, "left": [], "choices": False}),
    "end without teardown": LAWFUL[:4] + LAWFUL[5:],
    "left is no list": replaced(5, {"end": 0, "left": "x", "choices": False}),
    "left holds no text": replaced(5, {"end": 0, "left": [1], "choices": False}),
    "choices are a number": replaced(5, {"end": 0, "left": [], "choices": 0}),
    "nothing about choices": replaced(5, {"end": 0, "left": []}),
    "setup twice": inserted(3, phase(0, "setup")),
    "no setup": LAWFUL[:2] + LAWFUL[3:],
    "no call": LAWFUL[:3] + LAWFUL[4:],
    "call twice": inserted(4, phase(0, "call")),
    "call after a failed setup": replaced(2, phase(0, "setup", "failed", "x")),
    "call after teardown": inserted(5, phase(0, "call", "failed", "x")),
    "teardown twice": inserted(5, phase(0, "teardown")),
    "phase of another": replaced(3, phase(1, "call")),
    "unknown phase": replaced(3, phase(0, "check")),
    "phase is no text": replaced(3, {**phase(0, "call"), "phase": []}),
    "unknown outcome": replaced(3, phase(0, "call", "killed")),
    "outcome is no text": replaced(3, {**phase(0, "call"), "outcome": {}}),
    "passed with a message": replaced(3, phase(0, "call", "passed", "x")),
    "message is no text": replaced(3, phase(0, "call", "failed", 5)),
    "finish early": inserted(6, FINISH),
    "finish twice": [*LAWFUL, FINISH],
    "finish of a number": [*LAWFUL[:-1], {"finish": 1}],
    "something after finish": [*LAWFUL, *case(0)],
}


@pytest.mark.parametrize("records", UNLAWFUL.values(), ids=UNLAWFUL)
def test_unlawful_records(records: list[Any]) -> None:
    """Nothing passes and nothing kills; the test at work is to blame, or else all of them."""
    found = answered(*records, status=0)
    assert found.broken is None
    assert found.outcomes
    for outcome in found.outcomes.values():
        assert (outcome.ending, outcome.kills) == ("died", False)
        assert "does not count, because something wrote among" in (outcome.message or "")


@pytest.mark.parametrize("sign", [{"status": 1}, {"status": -9}, {"overflow": True}])
def test_what_the_process_did_contradicts_its_records(sign: dict[str, Any]) -> None:
    """A finish with another exit, and more than may be written, make a run worthless."""
    assert endings(answered(*LAWFUL, **sign)) == {"test_a": "died", "test_b": "died"}


def test_what_is_no_record_at_all_makes_a_run_worthless() -> None:
    """Text that is no JSON was written by nobody but a test."""
    found = answered(COLLECTED, *case(0), *case(1)[:2], malformed=True)
    assert endings(found) == {"test_b": "died"}
    assert endings(answered(*LAWFUL, malformed=True)) == {"test_a": "died", "test_b": "died"}


def test_a_run_that_was_ended_after_its_finish() -> None:
    """The grader itself ends what a test has left running."""
    assert endings(answered(*LAWFUL, status=None)) == {"test_a": "passed", "test_b": "failed"}


def test_messages_are_put_into_other_words() -> None:
    """Those of phases, of what is left, and of what broke."""
    given = answer(COLLECTED, *case(0, left=("left",)), *case(1, "failed"))
    found = read_answer(given, TESTS, 5, words=str.upper)
    messages = [outcome.message for outcome in found.outcomes.values()]
    assert messages == ["LEFT", "LINE 1: ASSERT 0"]
    broken = answer({"broken": "x"})
    assert read_answer(broken, TESTS, 5, words=lambda text: text * 2).broken == "Xx."
