import asyncio

import pytest

from vespera_scriptorium import InMemoryTaskRepository, TaskOrchestrator


class Acting:
    """A specialist that does for each title what it is told."""

    def __init__(self, **acts):
        self.acts = acts
        self.ended = []

    async def run(self, task):
        answer = await self.acts[task.title]()
        self.ended.append(task.title)
        return answer


def answers(text, after=0):
    async def act():
        await asyncio.sleep(after)
        return text

    return act


def raises(error, after=0):
    async def act():
        await asyncio.sleep(after)
        raise error

    return act


async def batch_of(specialist):
    orchestrator = TaskOrchestrator(InMemoryTaskRepository(), specialist)
    ids = {}
    for title in specialist.acts:
        ids[title] = (await orchestrator.create_task({"title": title})).task_id
    return orchestrator, ids


async def test_outputs_belong_to_their_tasks():
    orchestrator, ids = await batch_of(Acting(a=answers("A", 30), b=answers("", 10), c=answers("C", 20)))
    batch = await orchestrator.execute_all(list(ids.values()))
    assert batch.succeeded == {ids["a"]: "A", ids["b"]: "", ids["c"]: "C"}
    assert not batch.failed
    assert not batch.cancelled


@pytest.mark.parametrize("kind", [ValueError, OSError, TimeoutError, KeyError, RuntimeError, LookupError])
async def test_each_outcome_in_its_place(kind):
    error = kind("broken")
    specialist = Acting(
        a=answers("A", 30),
        bad=raises(error),
        gone=raises(asyncio.CancelledError(), 5),
        z=answers("Z", 60),
    )
    orchestrator, ids = await batch_of(specialist)
    batch = await orchestrator.execute_all([*ids.values(), "nobody"])
    assert batch.succeeded == {ids["a"]: "A", ids["z"]: "Z"}
    assert set(batch.failed) == {ids["bad"], "nobody"}
    assert batch.failed[ids["bad"]] is error
    assert list(batch.cancelled) == [ids["gone"]]
    assert sorted(specialist.ended) == ["a", "z"]


@pytest.mark.parametrize("makes", ["nothing", "an answer", "an error"])
async def test_cancelled_itself(makes):
    log = []
    started = asyncio.Event()

    async def act():
        started.set()
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            await asyncio.sleep(5)
            log.append("cleaned up")
            if makes == "an answer":
                return "answer"
            if makes == "an error":
                raise ValueError("error") from None
            raise
        log.append("worked to the end")

    orchestrator, ids = await batch_of(Acting(a=act, b=act))
    running = asyncio.create_task(orchestrator.execute_all(list(ids.values())))
    await started.wait()
    await asyncio.sleep(1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(100):
            await running
    assert log
    assert set(log) == {"cleaned up"}
    count = len(log)
    await asyncio.sleep(2000)
    assert len(log) == count
    assert len(asyncio.all_tasks()) == 1
