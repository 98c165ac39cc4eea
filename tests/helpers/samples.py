"""A small exercise for tests of the engine, and suites for it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from grader.exercise import Exercise
from grader.report import Report
from grader.runner.loops import Schedule
from grader.runner.protocol import Answer, Request
from grader.sandbox.worker import Worker
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator
from vespera_scriptorium.domain.errors import reason
from vespera_scriptorium.domain.task import Task, TaskResult

HEAD = """\
import asyncio
import pytest
from vespera_scriptorium import Container, InMemoryTaskRepository, TaskOrchestrator, TaskRepository

class Broken(InMemoryTaskRepository):
    async def add(self, task):
        raise OSError("disk full")

def orchestrator(repository=None):
    container = Container()
    container.override(TaskRepository, repository or InMemoryTaskRepository())
    return container.get(TaskOrchestrator)

async def create(title="a"):
    return await orchestrator().create_task({"title": title})
"""
"""What every suite here begins with: 14 lines."""

KILLS_1 = """
async def test_a_task_has_an_id():
    \"\"\"Clause 1.\"\"\"
    result = await create()
    assert result.success
    assert result.task_id is not None
"""

KILLS_2 = """
async def test_a_task_is_stored():
    \"\"\"Clause 2.\"\"\"
    one = orchestrator()
    await one.create_task({"title": "a"})
    assert await one._tasks.count() == 1
"""

KILLS_3 = """
async def test_an_error_is_a_result():
    \"\"\"Clause 3.\"\"\"
    result = await orchestrator(Broken()).create_task({"title": "a"})
    assert not result.success
"""

KILLS_4 = """
async def test_an_empty_title_is_fine():
    \"\"\"Clause 4.\"\"\"
    async with asyncio.timeout(5):
        assert (await create(title="")).success
"""

SOLUTION = HEAD + KILLS_1 + KILLS_2 + KILLS_3 + KILLS_4

creation = Exercise(
    id="creation",
    lesson="00-samples",
    title="A task is created",
    points=4,
    subject=TaskOrchestrator,
    contract=(
        "A created task has an id.",
        "A created task is stored.",
        "An error of the repository is a failed result.",
        "A title may be empty.",
    ),
    hint="[asyncio](https://docs.python.org/3/library/asyncio.html)",
    worked="NoId",
    promises={
        1: {"id": "It has an id."},
        2: {"stored": "It is stored."},
        3: {"result": "An error is a result."},
        4: {"empty": "Its title may be empty."},
    },
    kinds="too little, an error that comes out, only when there is a title",
)


@creation.alternative()
class InOnePlace(TaskOrchestrator):
    """Stores the task by itself, a moment later."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        await asyncio.sleep(1)
        task = Task(id=await self._tasks.next_id(), title=task_data["title"])
        try:
            await self._tasks.add(task)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)


@creation.mutant(promise="id")
class NoId(TaskOrchestrator):
    """Forgets the id."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        try:
            await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True)


@creation.mutant(promise="stored")
class NotStored(TaskOrchestrator):
    """Forgets to store the task. Nobody would know."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        return TaskResult(success=True, task_id=await self._tasks.next_id())


@creation.mutant(promise="result")
class ErrorComesOut(TaskOrchestrator):
    """Lets the error of the repository out."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        task = await self._store(task_data)
        return TaskResult(success=True, task_id=task.id)


@creation.mutant(promise="empty")
class WaitsForATitle(TaskOrchestrator):
    """Waits for a title that never comes."""

    async def create_task(self, task_data: Mapping[str, Any]) -> TaskResult:
        if not task_data["title"]:
            await asyncio.Event().wait()
        try:
            task = await self._store(task_data)
        except Exception as error:
            return TaskResult(success=False, error=reason(error))
        return TaskResult(success=True, task_id=task.id)


FIFO = Schedule()
"""The first schedule."""


def request(suite: str, limit: float = 60, schedules: tuple[Schedule, ...] = (FIFO,)) -> Request:
    """What the worker is asked for: a suite with the subject as it is, in one process."""
    return Request(suite, None, (), True, schedules, "virtual", min(limit, 30), limit)


class Grades(Protocol):
    """Grades an answer to an exercise of the bank."""

    def __call__(self, exercise: str, suite: str, /) -> Report: ...


class Grade(Protocol):
    """Evaluates the text of a suite."""

    def __call__(self, suite: str, exercise: Exercise = creation) -> Report: ...


class Tapped(Worker):
    """A worker that keeps what is sent, batch by batch, and may change what is answered."""

    def __init__(self, worker: Worker) -> None:
        self._worker, self.wall, self.children = worker, worker.wall, 1
        self.batches: list[list[Request]] = []

    def run(self, requests: Iterable[Request], progress: Any = None) -> list[Answer]:
        self.batches.append(list(requests))
        return [
            self.answer(request, answer)
            for request, answer in zip(
                self.batches[-1], self._worker.run(self.batches[-1]), strict=True
            )
        ]

    def answer(self, request: Request, answer: Answer) -> Answer:
        return answer
