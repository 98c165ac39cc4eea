import asyncio

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


class Scripted:
    def __init__(self):
        self.log = []

    async def run(self, task):
        self.log.append(f"{task.title} begins")
        try:
            await asyncio.sleep(float(task.description or 0))
        finally:
            await asyncio.sleep(1)
            self.log.append(f"{task.title} ends")
        if task.title == "bad":
            raise OSError("no space")
        if task.title == "cancelled":
            raise asyncio.CancelledError
        return f"{task.title}!"


@pytest.fixture
def specialist():
    return Scripted()


@pytest.fixture
async def orchestrator(specialist):
    container = Container()
    container.override(Specialist, specialist)
    return container.get(TaskOrchestrator)


async def create(orchestrator, **seconds):
    data = [{"title": t, "description": str(s)} for t, s in seconds.items()]
    return [r.task_id for r in await orchestrator.create_many(data)]


async def test_outcomes_are_told_apart(orchestrator):
    """Clauses 1, 2 and 4."""
    a, bad, cancelled, b = await create(orchestrator, a=9, bad=1, cancelled=2, b=3)
    batch = await orchestrator.execute_all([a, bad, cancelled, b])
    assert batch.succeeded == {a: "a!", b: "b!"}
    assert list(batch.failed) == [bad]
    assert batch.cancelled == [cancelled]


async def test_the_exception_itself_is_kept(orchestrator):
    """Clause 2."""
    (bad,) = await create(orchestrator, bad=1)
    batch = await orchestrator.execute_all([bad])
    assert isinstance(batch.failed[bad], OSError)


async def test_an_error_does_not_stop_the_others(orchestrator):
    """Clause 3."""
    bad, slow = await create(orchestrator, bad=1, slow=60)
    assert slow in (await orchestrator.execute_all([bad, slow])).succeeded


async def test_cancelled_it_leaves_nothing_running(orchestrator, specialist):
    """Clause 5."""
    running = asyncio.create_task(orchestrator.execute_all(await create(orchestrator, a=60, b=60)))
    await asyncio.sleep(5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(specialist.log) == ["a begins", "a ends", "b begins", "b ends"]
