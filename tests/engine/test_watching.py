"""A test that watches what runs learns nothing of the variant."""

import asyncio
from collections.abc import Mapping, Sequence
from textwrap import dedent
from typing import Any

import pytest
from helpers.blinding import NAKED, OPEN
from helpers.samples import HEAD, creation

from grader.engine.evaluate import evaluate
from grader.exercise import Exercise
from grader.report import Report
from grader.sandbox.worker import Worker
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult

# ------------------------------------------------------------------ who looks at what runs

together = Exercise(
    id="together",
    lesson="00-samples",
    title="Tasks are created together",
    points=2,
    subject=TaskOrchestrator,
    contract=("Every task is stored.", "The results are in order."),
    hint="",
)


@together.alternative()
class InAGroup(TaskOrchestrator):
    """Starts a task for each."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        async def create(task_data: Mapping[str, Any]) -> TaskResult:
            return await self.create_task(task_data)

        return list(await asyncio.gather(*map(create, task_data_list)))


@together.mutant(clause=1)
class LeavesOneOut(TaskOrchestrator):
    """Leaves the last one out."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        async def create_all_but_one(task_data: Mapping[str, Any]) -> TaskResult:
            if task_data is task_data_list[-1]:
                return TaskResult(success=True)
            return await self.create_task(task_data)

        return list(await asyncio.gather(*map(create_all_but_one, task_data_list)))


@together.mutant(clause=2)
class TurnsAround(TaskOrchestrator):
    """Answers in the opposite order."""

    async def create_many(self, task_data_list: Sequence[Mapping[str, Any]]) -> list[TaskResult]:
        async def turn(task_data: Mapping[str, Any]) -> TaskResult:
            return await self.create_task(task_data)

        results = await asyncio.gather(*map(turn, task_data_list))
        results.reverse()
        return list(results)


RUNNING = (
    HEAD
    + """
import inspect

async def test_looks():
    seen = set()
    class Slow(InMemoryTaskRepository):
        async def add(self, task):
            for one in asyncio.all_tasks():
                coroutine = one.get_coro()
                while coroutine is not None:
                    seen.add(coroutine.__qualname__)
                    seen.update(coroutine.cr_code.co_names)
                    coroutine = coroutine.cr_await if inspect.iscoroutine(coroutine) else None
                    coroutine = coroutine if inspect.iscoroutine(coroutine) else None
            await super().add(task)
    await orchestrator(Slow()).create_many([{"title": "a"}, {"title": "b"}])
    assert not any({words}), seen
"""
)
BY_NAME = "'create_all_but_one' in name or 'turn' in name for name in seen"


@pytest.mark.usefixtures("any_length")
def test_names_of_running_tasks_earn_nothing(worker: Worker) -> None:
    """The functions within have other names each time, in what runs, too."""
    suite = RUNNING.replace("{words}", BY_NAME)
    assert evaluate(suite, together, worker, defences=NAKED).full
    assert evaluate(suite, together, worker, defences=OPEN).score == 0


@pytest.mark.usefixtures("any_length")
def test_code_of_running_tasks_earns_nothing(worker: Worker) -> None:
    """What a function within holds, all of its kind hold."""
    suite = RUNNING.replace("{words}", "name == 'success' or name == 'TaskResult' for name in seen")
    assert evaluate(suite, together, worker, defences=OPEN).score == 0


@pytest.mark.usefixtures("any_length")
@pytest.mark.parametrize("look", ["inspect.getsource", "inspect.getsourcelines", "lines"])
def test_sources_and_lines_earn_nothing(worker: Worker, look: str) -> None:
    """Where the source should be there is the application's own file, and one line for all."""
    suite = """
        import inspect
        from vespera_scriptorium import TaskOrchestrator
        def lines(function):
            return function.__code__.co_firstlineno, set(function.__code__.co_lines())
        def test_looks():
            seen = {look}(TaskOrchestrator.create_task)
            assert 'await self._store(task_data)' in str(seen)
        def test_is_the_first_line():
            code = TaskOrchestrator.create_task.__code__
            assert {line for *_, line in code.co_lines()} == {1}
            assert {line for line, *_ in code.co_positions()} == {1}
    """
    found: Report = evaluate(dedent(suite).replace("{look}", look), creation, worker, defences=OPEN)
    assert found.score == 0
    assert found.tests[1].verdict == "valid"
