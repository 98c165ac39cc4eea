"""One container serves all, and somebody else will clean it up."""

from contextlib import asynccontextmanager

import pytest

from vespera_scriptorium import Container, Specialist, TaskOrchestrator


@asynccontextmanager
async def orchestrators():
    container = Container()
    await container.initialize_async_services()

    async def make(specialist=None):
        if specialist is not None:
            container.override(Specialist, specialist)
        return container.get(TaskOrchestrator)

    yield make


@pytest.fixture
async def make_orchestrator():
    async with orchestrators() as make:
        yield make
