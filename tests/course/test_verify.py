"""`grader verify` finds each defect that an exercise may have, and none in a sound one."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from helpers.samples import HEAD, KILLS_1, KILLS_2, KILLS_3, KILLS_4, SOLUTION, creation

from grader.course.verify import _unresolved, defended_clauses, problems, promises_of
from grader.engine.evaluate import evaluate
from grader.errors import BankError
from grader.exercise import Exercise
from grader.report import Report
from grader.sandbox.worker import Worker
from grader.sources import SUITE, Target
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import Task, TaskResult, TaskState

STUB = "# Write your answer here."

Verify = Callable[..., list[str]]
Look = Callable[[Exercise], list[str]]


@pytest.fixture(scope="module")
def sound(worker: Worker) -> dict[str, Report]:
    """What the stub and the solution of the sound exercise are worth."""
    return {text: evaluate(text, creation, worker) for text in (STUB, SOLUTION)}


@pytest.fixture
def verify(sound: dict[str, Report], monkeypatch: pytest.MonkeyPatch, worker: Worker) -> Verify:
    """Everything that is wrong with an exercise."""

    def known(text: str, exercise: Exercise, worker: Worker) -> Report:
        found = sound.get(text) if exercise is creation else None
        return found or evaluate(text, exercise, worker)

    def verify(exercise: Exercise, solution: str = SOLUTION, stub: str = STUB) -> list[str]:
        monkeypatch.setattr("grader.course.verify.evaluate", known)
        return list(problems(exercise, solution, stub, worker))

    return verify


@pytest.fixture
def look(sound: dict[str, Report], monkeypatch: pytest.MonkeyPatch, worker: Worker) -> Look:
    """What is wrong with an exercise at first sight, before anything runs."""
    monkeypatch.setattr("grader.course.verify.evaluate", lambda text, exercise, worker: sound[text])
    return lambda exercise: list(problems(exercise, SOLUTION, STUB, worker))


@pytest.fixture
def exercise() -> Exercise:
    """A copy of the sound exercise, to which a test may add a defect."""
    return replace(creation, _declared=list(creation._declared))


def test_a_sound_exercise(verify: Verify) -> None:
    """Nothing is wrong with an exercise whose proof succeeds."""
    assert verify(creation) == []


# ------------------------------------------------------------------ the declaration


def test_too_few_mutants(look: Look, exercise: Exercise) -> None:
    """Three mutants are too few."""
    del exercise._declared[-1]
    found = look(exercise)
    assert "it has 3 mutants, at least 4 are needed" in found
    assert "no mutant breaks clause 4, and no probe defends it" in found


def test_no_alternative(look: Look, exercise: Exercise) -> None:
    """Without an alternative, no test can be found over-specified."""
    del exercise._declared[0]
    assert look(exercise) == [
        "it has no alternative: add a correct implementation that is built differently"
    ]


@pytest.mark.parametrize(("worked", "shown"), [("", "(none)"), ("Nobody", "Nobody")])
def test_worked_mutant(look: Look, exercise: Exercise, worked: str, shown: str) -> None:
    """The mutant that the lesson shows must be there."""
    exercise.worked = worked
    assert look(exercise) == [f"the worked mutant {shown} is not one of its mutants"]


def test_hint_without_a_link(look: Look, exercise: Exercise) -> None:
    """A hint leads to official documentation."""
    exercise.hint = "Think."
    assert look(exercise) == ["its hint links to no official documentation"]


def test_clause_without_a_mutant(look: Look, exercise: Exercise) -> None:
    """Each clause of the contract has a mutant that breaks it."""
    exercise.contract = (*exercise.contract, "One more.")
    assert look(exercise) == [
        "no mutant breaks clause 5, and no probe defends it",
        "clause 5 makes no promise: take it apart in `promises`",
    ]


def promising(exercise: Exercise, clause: int, **promises: str) -> Exercise:
    """The exercise with some promises more in a clause."""
    more = {**exercise.promises.get(clause, {}), **promises}
    return replace(exercise, promises={**exercise.promises, clause: more})


def test_no_kinds(look: Look, exercise: Exercise) -> None:
    """An author says which kinds of mutants were considered."""
    assert look(replace(exercise, kinds="")) == [
        "it names no kinds of mutants that were considered: add `kinds`"
    ]


def test_a_promise_without_a_mutant(look: Look, exercise: Exercise) -> None:
    """What no mutant breaks is no promise: it is listed, and the exercise refused."""
    more = promising(promising(exercise, 2, e="It is so."), 4, f="It is so, too.")
    assert look(more) == [
        "no mutant breaks the promise e of clause 2: It is so.",
        "no mutant breaks the promise f of clause 4: It is so, too.",
    ]


def test_two_promises_of_one_name(look: Look, exercise: Exercise) -> None:
    """A mutant says by its name which promise it breaks."""
    assert look(promising(exercise, 2, id="It has one.")) == [
        "two of its promises are called id: rename one"
    ]


def test_a_clause_that_is_not_taken_apart(look: Look, exercise: Exercise) -> None:
    """Promises are for a whole contract, and for nothing beside it."""
    moved = {(9 if clause == 3 else clause): keys for clause, keys in exercise.promises.items()}
    assert look(replace(exercise, promises=moved)) == [
        "clause 3 makes no promise: take it apart in `promises`",
        "it has promises for clause 9, which the contract does not have",
    ]


def test_a_mutant_that_breaks_no_promise(look: Look, exercise: Exercise) -> None:
    """Each mutant names the promise that it breaks."""
    exercise._declared[-1] = exercise._declared[-1]._replace(promise=None)
    assert look(exercise) == [
        "no mutant breaks the promise empty of clause 4: Its title may be empty.",
        f"{exercise._declared[-1].variant.__name__} names no promise: say which it is about",
    ]


def test_a_promise_that_nobody_made(exercise: Exercise) -> None:
    """A slip in a key is told at once; a key alone says which clause it belongs to."""
    with pytest.raises(BankError, match="it makes no promise z: add it to its `promises`"):
        exercise.mutant(promise="z")
    exercise.mutant(promise="result")(Same)
    assert exercise.mutants[-1].clause == 3


def test_what_is_promised_is_listed() -> None:
    """Each promise with what breaks it, and the kinds that were considered."""
    assert list(promises_of(creation)) == [
        "1 id: It has an id. [NoId]",
        "2 stored: It is stored. [NotStored]",
        "3 result: An error is a result. [ErrorComesOut]",
        "4 empty: Its title may be empty. [WaitsForATitle]",
        "kinds: too little, an error that comes out, only when there is a title",
    ]


# ------------------------------------------------------------------ the variants


class Silent(TaskOrchestrator):
    async def get_task_status(self, task_id: str) -> TaskState:
        return TaskState(task_id, title="", status=None)


class OtherClause(TaskOrchestrator):
    """Breaks what nobody has promised."""

    async def get_task_status(self, task_id: str) -> TaskState:
        return TaskState(task_id, title="", status=None)


class Same(TaskOrchestrator):
    """Differs in nothing."""


class OtherSignature(TaskOrchestrator):
    """Has one more parameter."""

    async def get_task_status(self, task_id: str, more: bool = False) -> TaskState:
        return TaskState(task_id, title="", status=None)


class NotAsync(TaskOrchestrator):
    """Is no coroutine function any more."""

    def get_task_status(self, task_id: str) -> Any:
        return asyncio.sleep(0, TaskState(task_id, title="", status=None))


class OtherDocstring(TaskOrchestrator):
    """Tells its reader what it is."""

    async def get_task_status(self, task_id: str) -> TaskState:
        """The mutant."""
        return TaskState(task_id, title="", status=None)


class Unresolved(TaskOrchestrator):
    """Uses a name of the bank."""

    async def get_task_status(self, task_id: str) -> TaskState:
        assert creation is not None
        return TaskState(task_id, title="", status=None)


class UnresolvedDefault(TaskOrchestrator):
    """Uses a name of the bank before it runs."""

    async def get_task_status(self, task_id: str = SOLUTION) -> TaskState:
        return TaskState(task_id, title="", status=None)


class CallsSuper(TaskOrchestrator):
    """Calls the reference, which is not there."""

    async def get_task_status(self, task_id: str) -> TaskState:
        return await super().get_task_status(task_id)


class Broken(TaskOrchestrator):
    """Does nothing at all."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        raise RuntimeError


class Equivalent(TaskOrchestrator):
    """Is no mutant, since it does the same."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            task: Task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=str(error))
        return TaskResult(success=True, task_id=task.id)


@pytest.mark.parametrize(
    ("variant", "clause", "problem"),
    [
        (Silent, 1, "Silent has no docstring, which its killer would read"),
        (OtherClause, 5, "OtherClause breaks clause 5, which the contract does not have"),
        (OtherClause, 0, "OtherClause breaks clause 0, which the contract does not have"),
        (Same, 1, "Same is the reference"),
        (OtherSignature, 1, "OtherSignature: the signature of get_task_status differs from the"),
        (NotAsync, 1, "NotAsync: the signature of get_task_status differs from the reference's"),
        (OtherDocstring, 1, "OtherDocstring: the docstring of get_task_status differs from the"),
        (Unresolved, 1, "Unresolved: get_task_status uses creation, which its module does not"),
        (UnresolvedDefault, 1, "UnresolvedDefault: get_task_status uses SOLUTION, which its"),
        (CallsSuper, 1, "CallsSuper: get_task_status calls super(), which is not the reference"),
    ],
)
def test_defect_of_a_mutant(
    look: Look, exercise: Exercise, variant: type, clause: int, problem: str
) -> None:
    """A mutant differs in its behaviour, and in nothing else that can be seen."""
    exercise.mutant(clause=clause)(variant)
    assert any(sentence.startswith(problem) for sentence in look(exercise))


@pytest.mark.parametrize(
    ("variant", "problem"),
    [
        (Broken, "mutant 5 passes no test at all: it is broken, not wrong"),
        (Equivalent, "the solution lets mutant 5 live (A created task has an id.)"),
    ],
)
def test_defect_that_only_a_run_shows(
    verify: Verify, exercise: Exercise, variant: type, problem: str
) -> None:
    """A mutant is killed by some test of the solution, and not by all of them."""
    exercise.mutant(clause=1)(variant)
    assert problem in verify(exercise)


def test_alternative_that_is_wrong(verify: Verify, exercise: Exercise) -> None:
    """An alternative on which the solution fails is none."""
    exercise.alternative()(Broken)
    found = verify(exercise)
    assert any("test_a_task_has_an_id is over-specified" in sentence for sentence in found)
    assert "the solution scores 0 of 4" in found


def test_names_of_properties_and_of_the_suite() -> None:
    """A setter finds its property; what a learner's own module holds is not known here."""
    target = Target(TaskOrchestrator.__module__, "TaskOrchestrator", "title")
    both = "@property\ndef title(self): pass\n@title.setter\ndef title(self, value): pass"
    assert _unresolved(target, both) == set()
    assert _unresolved(target, "@missing\ndef title(self): nothing") == {"missing", "nothing"}
    assert _unresolved(Target(SUITE, "", "helper"), "def helper(): anything") == set()


# ------------------------------------------------------------------ stub and solution


@pytest.mark.parametrize(
    ("stub", "problem"),
    [
        (HEAD + KILLS_1, "the stub is graded with 1 points, not untouched"),
        ("x = 1", "the stub is graded with 0 points, not untouched"),
        ("def test_a(:", "the stub is error with 0 points, not untouched"),
        ("exec('')", "the stub is rejected with 0 points, not untouched"),
    ],
)
def test_stub(verify: Verify, stub: str, problem: str) -> None:
    """A stub is untouched, or holds tests that earn nothing."""
    assert verify(creation, stub=stub) == [problem]
    assert verify(creation, stub="def test_to_be_repaired(): assert False") == []


@pytest.mark.parametrize(
    ("solution", "problem"),
    [
        (HEAD + KILLS_1 + KILLS_2 + KILLS_3, "the solution lets mutant 4 live (A title may be"),
        (SOLUTION + "def test_bad(): assert 0", "the solution's test_bad is wrong: line"),
        ("def test_a(:", "the solution is error: Line 1: invalid syntax."),
        ("exec('')", "the solution is rejected: Line 1: `exec` runs what nobody can read"),
        (SOLUTION + "def test_a(): pass", "the solution's test_a names no clause in its docstring"),
        (SOLUTION.replace("Clause 4", "Clause 1"), "WaitsForATitle breaks clause 4, and no test"),
        (SOLUTION.replace("asyncio.timeout(5)", "asyncio.Lock()"), "the solution's test_an_empty"),
    ],
)
def test_solution(verify: Verify, solution: str, problem: str) -> None:
    """A solution earns full marks with valid tests, each of which says what it defends."""
    assert any(sentence.startswith(problem) for sentence in verify(creation, solution))


def test_a_defender_must_kill(verify: Verify) -> None:
    """That some test kills a mutant is not enough: it must be one that defends the clause."""
    solution = HEAD + KILLS_1 + KILLS_2.replace("Clause 2", "Clause 3") + KILLS_3 + KILLS_4
    found = verify(creation, solution)
    assert found == ["NotStored breaks clause 2, and no test that defends this clause kills it"]


@pytest.mark.parametrize(
    ("docstring", "clauses"),
    [
        ("Clause 1.", {1}),
        ("Clauses 1 and 2: text.", {1, 2}),
        ("Text, by clauses 1, 2, and 12.", {1, 2, 12}),
        ("Clause 1.\n\n    And clause 3.", {1, 3}),
        ("Nothing.", set()),
    ],
)
def test_defended_clauses(docstring: str, clauses: set[int]) -> None:
    """A docstring names clauses by their numbers."""
    suite = (
        f'%%ipytest\nclass TestA:\n  class TestB:\n    def test_a(self):\n        """{docstring}"""'
    )
    assert defended_clauses(suite) == {"TestA::TestB::test_a": clauses}
