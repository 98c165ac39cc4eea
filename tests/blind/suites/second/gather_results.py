import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, Task, TaskOrchestrator


class Worker:
    """Does for each task what the test says, by its title."""

    def __init__(self, **works):
        self.works = works
        self.ended = []

    async def run(self, task):
        delay, outcome = self.works[task.title]
        await asyncio.sleep(delay)
        self.ended.append(task.title)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


async def made(worker, *titles):
    repository = InMemoryTaskRepository()
    for title in titles:
        await repository.add(Task(title, title))
    return TaskOrchestrator(repository, worker)


async def test_each_in_its_place():
    error = ValueError("no")
    worker = Worker(slow=(5, "S"), bad=(3, error), gone=(2, asyncio.CancelledError()), quick=(1, "Q"))
    orchestrator = await made(worker, "slow", "bad", "gone", "quick")
    batch = await orchestrator.execute_all(["slow", "bad", "gone", "quick"])
    assert batch.succeeded == {"slow": "S", "quick": "Q"}
    assert list(batch.failed) == ["bad"]
    assert batch.failed["bad"] is error
    assert batch.cancelled == ["gone"]


async def test_empty_output():
    orchestrator = await made(Worker(a=(0, "")), "a")
    batch = await orchestrator.execute_all(["a"])
    assert batch.succeeded == {"a": ""}
    assert not batch.failed and not batch.cancelled


async def test_no_ids():
    batch = await (await made(Worker())).execute_all([])
    assert (batch.succeeded, batch.failed, batch.cancelled) == ({}, {}, [])


async def test_unknown_id():
    orchestrator = await made(Worker(a=(0, "A")), "a")
    batch = await orchestrator.execute_all(["nobody", "a"])
    assert isinstance(batch.failed.get("nobody"), Exception)
    assert list(batch.failed) == ["nobody"]
    assert batch.succeeded == {"a": "A"}


@pytest.mark.parametrize("error", [OSError("x"), KeyError("x"), TimeoutError("x")])
async def test_failure_stops_nobody(error):
    worker = Worker(bad=(1, error), a=(9, "A"))
    orchestrator = await made(worker, "bad", "a")
    batch = await orchestrator.execute_all(["bad", "a"])
    assert batch.failed["bad"] is error
    assert batch.succeeded == {"a": "A"}
    assert "a" in worker.ended


async def test_cancelled_work_stops_nobody():
    orchestrator = await made(Worker(gone=(1, asyncio.CancelledError()), a=(9, "A")), "gone", "a")
    work = asyncio.create_task(orchestrator.execute_all(["gone", "a"]))
    await asyncio.wait([work])
    assert not work.cancelled()
    assert work.result().cancelled == ["gone"]
    assert work.result().succeeded == {"a": "A"}


@pytest.mark.parametrize("end", [None, "an answer", OSError("instead")])
async def test_cancelled_itself(end):
    at_work, cleaned = [], []

    class Stubborn:
        async def run(self, task):
            at_work.append(task.id)
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(10)
                cleaned.append(task.id)
                if isinstance(end, str):
                    return end
                if end is not None:
                    raise end
                raise
            return "too late"

    orchestrator = await made(Stubborn(), "a", "b")
    work = asyncio.create_task(orchestrator.execute_all(["a", "b"]))
    await asyncio.sleep(60)
    work.cancel()
    await asyncio.wait([work])
    assert at_work and sorted(cleaned) == sorted(at_work)
    assert work.cancelled()
