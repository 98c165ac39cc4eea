"""The orchestrator: many tasks at once, and none of them lost."""

import asyncio
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import (
    Container,
    InMemoryTaskRepository,
    Specialist,
    Task,
    TaskOrchestrator,
)


class Scripted:
    """Works for as many seconds as the description says; the title says how it ends."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def run(self, task: Task) -> str:
        try:
            await asyncio.sleep(float(task.description or 0))
        finally:
            await asyncio.sleep(10 if task.title == "slow" else 1)  # cleaning up takes its time
            self.ended.append(task.title)
        if task.title == "cancelled":
            raise asyncio.CancelledError
        return f"{task.title}: done"


@pytest.fixture
def specialist() -> Scripted:
    return Scripted()


@pytest.fixture
def orchestrator(specialist: Scripted) -> TaskOrchestrator:
    container = Container()
    container.override(Specialist, specialist)
    return container.get(TaskOrchestrator)


async def create(orchestrator: TaskOrchestrator, **seconds: float) -> list[str]:
    data = [{"title": title, "description": str(time)} for title, time in seconds.items()]
    return [result.task_id or "" for result in await orchestrator.create_many(data)]


@pytest.mark.looptime
async def test_a_specialist_that_is_cancelled_costs_one_result(
    orchestrator: TaskOrchestrator, specialist: Scripted
) -> None:
    """Clause 3: the others of the batch work to their end, and have their results."""
    ids = await create(orchestrator, cancelled=1, slow=60)
    results = await orchestrator.execute_many(ids, limit=2)
    assert [result.success for result in results] == [False, True]
    assert results[0].error == "cancelled"
    assert specialist.ended == ["cancelled", "slow"]


@pytest.mark.looptime
@pytest.mark.parametrize("method", ["execute_many", "execute_all"])
async def test_a_cancelled_batch_leaves_nobody_running(
    orchestrator: TaskOrchestrator, specialist: Scripted, method: str
) -> None:
    """Clause 6: what was started has ended by the time the cancellation comes out."""
    ids = await create(orchestrator, slow=60, quick=60)
    arguments = (ids, 2) if method == "execute_many" else (ids,)
    batch = asyncio.create_task(getattr(orchestrator, method)(*arguments))
    await asyncio.sleep(5)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert sorted(specialist.ended) == ["quick", "slow"]
    states = [(await orchestrator.get_task_status(task_id)).status for task_id in ids]
    assert states == ["cancelled", "cancelled"]


class FullDisk(InMemoryTaskRepository):
    """Has no room for the end of a task."""

    async def save(self, task: Task) -> None:
        if task.status != "running":
            raise OSError("the disk is full")
        await super().save(task)


async def test_failure_that_is_not_stored_hides_no_error() -> None:
    """Clause 1: the reason is what the specialist said."""
    specialist = AsyncMock(spec=Specialist)
    specialist.run.side_effect = ValueError("no idea")
    orchestrator = TaskOrchestrator(FullDisk(), specialist)
    (task_id,) = await create(orchestrator, hopeless=0)
    assert (await orchestrator.execute_task(task_id)).error == "no idea"


@pytest.mark.looptime
async def test_cancellation_that_is_not_stored_comes_out(specialist: Scripted) -> None:
    """It is no failed result."""
    orchestrator = TaskOrchestrator(FullDisk(), specialist)
    (task_id,) = await create(orchestrator, slow=60)
    execution = asyncio.create_task(orchestrator.execute_task(task_id))
    await asyncio.sleep(5)
    execution.cancel()
    with pytest.raises(asyncio.CancelledError):
        await execution
