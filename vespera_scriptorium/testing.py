"""What tests of the application share."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from vespera_scriptorium.application.task_orchestrator import AsyncTaskOrchestrator
from vespera_scriptorium.domain.task import TaskResult, TaskState
from vespera_scriptorium.infrastructure.di.container import Container


class AsyncTestBase:
    """Base class for test classes: each test has a container of its own, open while it runs.

    It needs pytest-asyncio's auto mode. The contract:

    1. `container` is new for each test, initialised before it and cleaned up after it, also when
       the test fails.
    2. `create_test_task` creates a task of default data, changed by its keyword arguments.
    3. `wait_for_completion` answers with the task's state as soon as it sees it completed. It looks
       at once, then every `interval` seconds, and a last time at the timeout; then it raises
       `TimeoutError` with the last state it saw.
    """

    container: Container

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> AsyncIterator[None]:
        """Give the test its container."""
        self.container = Container()
        await self.container.initialize_async_services()
        yield
        await self.container.cleanup_async_services()

    async def create_test_task(self, **task_data: Any) -> TaskResult:
        """Create a task."""
        defaults = {
            "title": "Test Task",
            "description": "Test task description",
            "specialist_type": "generic",
        }
        orchestrator = self.container.get(AsyncTaskOrchestrator)
        return await orchestrator.create_task(defaults | task_data)

    async def wait_for_completion(
        self, task_id: str, timeout: float = 30.0, interval: float = 0.1
    ) -> TaskState:
        """Wait until a task is completed, for `timeout` seconds at most."""
        orchestrator = self.container.get(AsyncTaskOrchestrator)
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        while True:
            last_look = clock() >= deadline
            state = await orchestrator.get_task_status(task_id)
            if state.completed:
                return state
            if last_look:
                raise TimeoutError(
                    f"task {task_id} did not complete within {timeout:g} s: it is {state.status}"
                )
            await asyncio.sleep(min(interval, deadline - clock()))
