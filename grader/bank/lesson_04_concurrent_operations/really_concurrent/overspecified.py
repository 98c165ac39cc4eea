import asyncio
from unittest.mock import patch

from vespera_scriptorium import Container, TaskOrchestrator


async def test_a_semaphore_of_the_limit_is_used():
    orchestrator = Container().get(TaskOrchestrator)
    created = await orchestrator.create_many([{"title": title} for title in "abcd"])
    with patch.object(asyncio, "Semaphore", wraps=asyncio.Semaphore) as semaphore:
        await orchestrator.execute_many([result.task_id for result in created], limit=2)
    semaphore.assert_called_once_with(2)
