"""What failures say of themselves: something, also where the error has no text."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from vespera_scriptorium import (
    AsyncOperationService,
    AsyncResourceManager,
    AsyncService,
    AsyncServiceError,
    DeadlineExceededError,
    ExternalServiceUseCase,
    InMemoryResourceProvider,
    InMemoryTaskRepository,
    Task,
    TaskExecutionWorkflow,
    TaskOrchestrator,
    TaskStatus,
    TimeoutAwareService,
    TrackFileOperationsUseCase,
    WorkflowStep,
)
from vespera_scriptorium.domain.errors import reason


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("disk full"), "disk full"),
        (TimeoutError(), "TimeoutError"),
        (asyncio.CancelledError(), "CancelledError"),
        (ValueError(""), "ValueError"),
    ],
)
def test_reason_is_the_text_or_else_the_type(error: BaseException, said: str) -> None:
    """`str(TimeoutError())` is empty, and nobody would know what happened."""
    assert reason(error) == said


async def fail(*arguments: object, **options: object) -> Any:
    raise TimeoutError


class FullRepository(InMemoryTaskRepository):
    """Stores nothing new."""

    add = fail


async def executed_without_luck() -> tuple[TaskExecutionWorkflow, str, TaskOrchestrator]:
    """A workflow and an orchestrator, on one task that was created, and a specialist that fails."""
    tasks = InMemoryTaskRepository()
    await tasks.add(Task("a", "a task"))
    specialist = AsyncMock(run=fail)
    return TaskExecutionWorkflow(tasks, specialist), "a", TaskOrchestrator(tasks, specialist)


async def a_task_is_created() -> list[Any]:
    orchestrator = TaskOrchestrator(FullRepository(), AsyncMock())
    workflow = TaskExecutionWorkflow(FullRepository(), AsyncMock())
    data = {"title": "a task"}
    created = [await orchestrator.create_task(data), await workflow.create_task(data)]
    return created + await orchestrator.create_many([data])


async def a_task_is_executed() -> list[Any]:
    _, task_id, orchestrator = await executed_without_luck()
    executed = await orchestrator.execute_task(task_id)
    return [executed, *await orchestrator.execute_many([task_id], limit=1)]


async def a_step_fails() -> list[Any]:
    async def succeed(*arguments: object) -> str:
        return "done"

    workflow, task_id, _ = await executed_without_luck()
    steps = [WorkflowStep("one", succeed, compensate=fail), WorkflowStep("two", fail)]
    result = await workflow.execute_task(task_id, steps, on_failure=fail)
    assert result.error is not None
    assert result.error.count("TimeoutError") == 3
    return [result]


async def a_task_is_completed() -> list[Any]:
    tasks = InMemoryTaskRepository()
    await tasks.add(Task("a", "a task", status=TaskStatus.EXECUTED))
    tasks.save = fail
    return [await TaskExecutionWorkflow(tasks, AsyncMock()).complete_task("a", {})]


async def a_file_is_tracked() -> list[Any]:
    use_case = TrackFileOperationsUseCase(Mock(unit=Mock(side_effect=TimeoutError)), Mock())
    return [await use_case.track_file_creation("a"), await use_case.verify_operation("1")]


async def data_is_processed() -> list[Any]:
    return [await ExternalServiceUseCase(AsyncMock(call_api=fail)).process_data({})]


async def a_resource_is_used() -> list[Any]:
    provider = InMemoryResourceProvider()
    provider.execute = fail
    async with AsyncResourceManager(provider).create_session() as session:
        resource = await session.create_resource("a")
        return [await session.execute_operation(resource.id, "test")]


async def work_is_tried_again() -> list[Any]:
    return [await AsyncOperationService().execute_with_backoff(fail, attempts=1)]


@pytest.mark.parametrize(
    "failing",
    [
        a_task_is_created,
        a_task_is_executed,
        a_step_fails,
        a_task_is_completed,
        a_file_is_tracked,
        data_is_processed,
        a_resource_is_used,
        work_is_tried_again,
    ],
    ids=lambda failing: failing.__name__,
)
async def test_every_failed_result_has_a_reason(
    failing: Callable[[], Awaitable[list[Any]]],
) -> None:
    """Whatever was raised has no text."""
    for result in await failing():
        assert not result.success
        assert result.error


async def test_failed_service_has_a_reason() -> None:
    """In its status, and in what it raises."""
    service = AsyncService()
    with pytest.raises(AsyncServiceError, match="upload: TimeoutError"):
        await service.run("upload", fail)
    assert service.status.last_error == "TimeoutError"


async def test_failed_cleanup_has_a_reason() -> None:
    """In the note on the missed deadline."""
    with pytest.raises(DeadlineExceededError) as raised:
        await TimeoutAwareService().run_with_cleanup(lambda: asyncio.sleep(60), fail, timeout=0)
    assert raised.value.__notes__ == ["the cleanup failed: TimeoutError"]
