import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class PowerCut(BaseException):
    pass


class FailingSpecialist:
    def __init__(self, errors):
        self.errors = errors

    async def run(self, task):
        if task.title in self.errors:
            raise self.errors[task.title]
        return task.title


async def execute_all(errors, *titles):
    container = Container()
    container.override(Specialist, FailingSpecialist(errors))
    orchestrator = container.get(TaskOrchestrator)
    created = await orchestrator.create_many([{"title": title} for title in titles])
    return await orchestrator.execute_all([result.task_id for result in created])


async def test_all_succeed():
    batch = await execute_all({}, "a", "b")
    assert len(batch.succeeded) == 2


async def test_one_fails():
    batch = await execute_all({"a": OSError("disk full")}, "a")
    assert len(batch.failed) == 1


async def test_one_is_cancelled():
    batch = await execute_all({"a": asyncio.CancelledError()}, "a")
    assert len(batch.cancelled) == 1


async def test_a_power_cut():
    with pytest.raises((PowerCut, BaseExceptionGroup)):
        await execute_all({"a": PowerCut()}, "a")
