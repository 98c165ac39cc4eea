"""One container serves all: what is made last decides for everybody who works."""

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
    await container.cleanup_async_services()


@pytest.fixture
async def make_orchestrator():
    async with orchestrators() as make:
        yield make
