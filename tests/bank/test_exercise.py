"""The model: what an exercise declares, what its variants are made of, and what is refused."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.samples import InOnePlace, NoId, creation

from grader.bank import exercises
from grader.errors import BankError
from grader.exercise import Exercise, Variant, all_exercises
from grader.sources import Target
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult

CREATE = Target(TaskOrchestrator.__module__, "TaskOrchestrator", "create_task")


@pytest.fixture
def exercise() -> Exercise:
    """An exercise to which a test may declare variants."""
    return replace(creation, _declared=[], _probes=[], _probe_helpers=[])


def variant(exercise: Exercise, cls: type) -> Variant:
    """A class, declared as a mutant."""
    exercise.mutant(clause=1)(cls)
    return exercise.mutants[-1]


class Unrelated:
    """Derives from nothing."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        raise NotImplementedError


class Mixed(TaskOrchestrator, Unrelated):
    """Derives from too much."""


class Child(NoId):
    """Derives from another variant."""


class Inventive(TaskOrchestrator):
    """Defines what the subject does not have."""

    async def helper(self) -> None: ...


@pytest.mark.parametrize("cls", [Unrelated, Mixed, Child])
def test_a_variant_derives_from_the_subject_alone(exercise: Exercise, cls: type) -> None:
    """Any other base would be lost when its methods are grafted."""
    with pytest.raises(BankError, match=f"creation: {cls.__name__} must derive from the subject"):
        variant(exercise, cls)


def test_a_variant_adds_no_member(exercise: Exercise) -> None:
    """A member that the subject lacks would give the variant away."""
    with pytest.raises(BankError, match="Inventive defines helper, which the subject does not"):
        variant(exercise, Inventive)


def test_two_exercises_of_one_name() -> None:
    """An id names one exercise."""
    module = SimpleNamespace(one=creation)
    assert all_exercises([module]) == {"creation": creation}
    with pytest.raises(BankError, match=r"have the id creation, in .+ and in .+: rename one"):
        all_exercises([module, SimpleNamespace(other=replace(creation))])


def test_declaring_leaves_the_class_as_it_is(exercise: Exercise) -> None:
    """The decorators return what they decorate."""
    assert exercise.mutant(clause=1)(NoId) is NoId
    assert exercise.alternative()(InOnePlace) is InOnePlace


def test_variants_in_order() -> None:
    """The reference comes first, then all in the order of their declaration."""
    assert [found.kind for found in creation.variants] == [
        *("reference", "alternative", "mutant", "mutant", "mutant", "mutant")
    ]
    assert creation.variants[0] is creation.reference
    assert [found.name for found in creation.mutants] == [
        *("NoId", "NotStored", "ErrorComesOut", "WaitsForATitle")
    ]
    assert [found.clause for found in creation.mutants] == [1, 2, 3, 4]


def test_every_variant_has_a_source_for_all_that_any_touches(exercise: Exercise) -> None:
    """Which functions are grafted does not tell one variant from another."""

    class Status(TaskOrchestrator):
        """Touches something else."""

        async def get_task_status(self, task_id: str) -> Any:
            return None

    exercise.mutant(clause=1)(NoId)
    exercise.mutant(clause=1)(Status)
    assert {tuple(found.sources) for found in exercise.variants} == {
        (CREATE, replace(CREATE, name="get_task_status"))
    }


def test_the_reference_is_the_application_as_it_stands() -> None:
    """Its sources are those of the live class."""
    (source,) = creation.reference.sources.values()
    assert source.startswith("async def create_task(self, task_data: Mapping[str, Any])")
    assert "task = await self._store(task_data)" in source


def test_the_docstring_is_taken_over() -> None:
    """A variant documents itself as the subject does, so that only code tells them apart."""
    documented = {
        ast.get_docstring(ast.parse(found.sources[CREATE]).body[0])  # type: ignore[arg-type]
        for found in creation.variants
    }
    assert documented == {"Create one task from `title`, `description` and `specialist_type`."}


def test_a_docstring_of_its_own_is_kept(exercise: Exercise) -> None:
    """It is for `verify` to refuse it."""

    class Documented(TaskOrchestrator):
        """Has a method with a docstring."""

        async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
            """My own."""
            return TaskResult(success=True)

    assert '"""My own."""' in variant(exercise, Documented).sources[CREATE]


def test_the_description_is_the_variants_own(exercise: Exercise) -> None:
    """A variant without a docstring has no description, whatever the subject says."""

    class Silent(TaskOrchestrator):
        async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
            return TaskResult(success=True)

    assert variant(exercise, Silent).description == ""
    assert creation.mutants[1].description == "Forgets to store the task. Nobody would know."


def test_sentence() -> None:
    """The first sentence of a description can stand inside another."""
    assert creation.mutants[1].sentence == "forgets to store the task"
    assert creation.alternatives[0].sentence == "stores the task by itself, a moment later"


def test_diff() -> None:
    """What a variant changes, line by line, without the header of a file."""
    assert creation.diff(creation.mutants[0]).splitlines() == [
        " async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:",
        '     """Create one task from `title`, `description` and `specialist_type`."""',
        "     try:",
        "-        task = await self._store(task_data)",
        "+        await self._store(task_data)",
        "     except Exception as error:",
        "         return TaskResult(success=False, error=reason(error))",
        "-    return TaskResult(success=True, task_id=task.id)",
        "+    return TaskResult(success=True)",
    ]


def test_diff_of_the_reference() -> None:
    """The reference changes nothing."""
    assert creation.diff(creation.reference) == ""


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.b:function", Target("a.b", "", "function")),
        ("a.b:Class.method", Target("a.b", "Class", "method")),
        ("a.b:Outer.Inner.method", Target("a.b", "Outer.Inner", "method")),
    ],
)
def test_target(text: str, target: Target) -> None:
    """A target is written as `module:qualname`, and read the same."""
    assert Target.parse(text) == target
    assert str(target) == text


@pytest.mark.parametrize("name", exercises())
def test_every_variant_of_the_bank_can_be_read(name: str) -> None:
    """Each source of the bank parses, and each mutant differs from the reference."""
    exercise = exercises()[name]
    for found in exercise.variants:
        for source in found.sources.values():
            ast.parse(source)
    assert all(exercise.diff(mutant) for mutant in exercise.mutants)


def test_a_probe_brings_its_helpers_along() -> None:
    """With decorators that are not the exercise's, and in front of the probe."""
    first = exercises()["orchestrator-factory"].probes[1]
    assert "@pytest.fixture\ndef probed_services(" in first.source
    assert "probe_helper" not in first.source
    assert first.source.index("def probed_services") < first.source.index(f"def {first.name}")


def test_the_difference_that_a_failure_is_about() -> None:
    """Of several differences the one whose word the message holds; else what is said of all."""
    text = "Looks first.\n\n`error`: words its errors in its own way.\n`task_id`: has other ids."
    variant = Variant("alternative", "LooksFirst", text, {})
    assert variant.told_by("`assert result.error == 'x'`: 'y' == 'x'") == (
        "words its errors in its own way"
    )
    assert variant.told_by("`assert one.task_id == 1`: 2 == 1") == "has other ids"
    assert variant.told_by("ValueError: mine") == variant.sentence == "looks first"
