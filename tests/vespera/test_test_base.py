"""The reusable base class, used as its users use it."""

import asyncio

import pytest

from vespera_scriptorium import AsyncTestBase, Container, Specialist, Task

containers: list[Container] = []


class HeldSpecialist:
    """Works until it is let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    async def run(self, task: Task) -> str:
        await self.let_go.wait()
        return ""


@pytest.mark.looptime
class TestAsyncTestBase(AsyncTestBase):
    """The tests of the base class are a class of its own making."""

    @pytest.mark.parametrize("test", [1, 2])
    async def test_container_is_new_for_each_test(self, test: int) -> None:
        """No test sees the container of another."""
        assert self.container not in containers
        containers.append(self.container)

    async def test_task_has_default_data(self) -> None:
        """Keyword arguments take the place of the defaults."""
        created = await self.create_test_task(title="Mine")
        task = await self.container.get("task_repository").get(created.task_id)
        assert (task.title, task.description) == ("Mine", "Test task description")

    async def test_completed_task_is_seen_at_once(self) -> None:
        """No time passes when there is nothing to wait for, not even with no time left."""
        task_id = (await self.create_test_task()).task_id
        await self.container.get("task_orchestrator").execute_task(task_id)
        start = asyncio.get_running_loop().time()
        state = await self.wait_for_completion(task_id, timeout=0)
        assert state.completed
        assert asyncio.get_running_loop().time() == start

    @pytest.mark.parametrize("seconds", [0.05, 9.95])
    async def test_task_that_completes_is_waited_for(self, seconds: float) -> None:
        """It looks until the timeout, and then once more."""
        specialist = HeldSpecialist()
        self.container.override(Specialist, specialist)
        task_id = (await self.create_test_task()).task_id
        work = self.container.get("task_orchestrator").execute_task(task_id)
        working = asyncio.create_task(work)
        asyncio.get_running_loop().call_later(seconds, specialist.let_go.set)
        state = await self.wait_for_completion(task_id, timeout=10, interval=4)
        await working
        assert state.completed

    async def test_timeout_tells_the_last_state(self) -> None:
        """The error names the task, the time and the state."""
        task_id = (await self.create_test_task()).task_id
        start = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError, match=f"{task_id} did not .* 5 s: it is created"):
            await self.wait_for_completion(task_id, timeout=5)
        assert asyncio.get_running_loop().time() - start == pytest.approx(5)
