"""Correct implementations for `test-base`, built differently."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

import vespera_scriptorium as application

from .exercise import (
    BASE,
    AsyncTestBase,
    test_base,
)


@test_base.alternative(replaces=BASE)
class CollectsErrors(AsyncTestBase):
    """Goes through a list of clean-ups, and raises a group when several things have failed."""

    def add_cleanup(self, function: Any) -> None:
        self._registered.append(function)

    @asynccontextmanager
    async def environment(self) -> Any:
        registered = self._registered = []
        errors: list[BaseException] = []
        container = self.container = self.make_container()
        try:
            await container.initialize_async_services()
            await self.set_up()
            yield None
        except BaseException as error:
            errors.append(error)
        while registered:
            try:
                await registered.pop()()
            except BaseException as error:
                errors.append(error)
        try:
            await container.cleanup_async_services()
        except BaseException as error:
            errors.append(error)
        if len(errors) > 1:
            raise BaseExceptionGroup("several things failed", errors)
        if errors:
            raise errors[0]

    async def create_test_task(self, **task_data: Any) -> Any:
        task_data.setdefault("specialist_type", "generic")
        task_data.setdefault("description", "Test task description")
        task_data.setdefault("title", "Test Task")
        return await self.container.get(application.TaskOrchestrator).create_task(task_data)


@test_base.alternative(replaces=BASE)
class TakesTwoStacks(AsyncTestBase):
    """Has a stack for the clean-ups inside another one, and yields to other tasks."""

    def add_cleanup(self, function: Any) -> None:
        async def clean_up() -> None:
            await asyncio.sleep(0)
            await function()

        self._registered.push_async_callback(clean_up)

    @asynccontextmanager
    async def environment(self) -> Any:
        async with AsyncExitStack() as outer:
            self.container = self.make_container()
            await self.container.initialize_async_services()
            outer.push_async_callback(self.container.cleanup_async_services)
            async with AsyncExitStack() as inner:
                self._registered = inner
                await asyncio.sleep(0)
                await self.set_up()
                yield self

    @pytest.fixture(autouse=True)
    async def setup_async_environment(self) -> Any:
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(self.environment())
