"""The probes of `orchestrator-factory`, and the broken variants that each must fail with."""

import asyncio
from typing import Any

import vespera_scriptorium as vespera
from grader.bank.lesson_07_fixtures.container_with_overrides.probes import (
    CleansUpNothing,
    IgnoresOverrides,
    InitialisesNothing,
    SharesEverything,
    SharesOverrides,
    probed_services,
)
from grader.bank.lesson_07_fixtures.db_session.probes import probed_databases
from vespera_scriptorium.infrastructure.di.container import Container

from .exercise import orchestrator_factory

orchestrator_factory.broken()(InitialisesNothing)


orchestrator_factory.broken()(CleansUpNothing)


orchestrator_factory.broken()(IgnoresOverrides)


orchestrator_factory.broken()(SharesEverything)


orchestrator_factory.broken()(SharesOverrides)


orchestrator_factory.probe_helper()(probed_databases)


orchestrator_factory.probe_helper()(probed_services)


@orchestrator_factory.broken()
class KeepsErrorsToItself(Container):
    """Hides the error of a service that does not stop."""

    async def cleanup_async_services(self) -> None:
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception:
                continue


def orchestrators() -> Any:
    """What the learner writes; probes call theirs."""


@orchestrator_factory.probe(promise="own", broken="SharesEverything")
async def test_probe_orchestrators_share_nothing() -> None:
    async with orchestrators() as make:
        one, other = await make(), await make()
        created = await one.create_task({"title": "only here"})
        assert (await one.get_task_status(created.task_id)).title == "only here", (
            "an orchestrator does not find the task that it has created"
        )
        assert (await other.get_task_status(created.task_id)).title is None, (
            "two orchestrators share their tasks: make a container for each call"
        )


@orchestrator_factory.probe(promise="started", broken="InitialisesNothing")
async def test_probe_services_are_started(probed_services: Any) -> None:
    async with orchestrators() as make:
        await make()
        assert probed_services.started, (
            "the services of the container are not started: await `initialize_async_services`"
        )


@orchestrator_factory.probe(promise="specialist", broken="IgnoresOverrides")
async def test_probe_the_specialist_is_overridden() -> None:
    class Painter:
        async def run(self, task: vespera.Task) -> str:
            return f"painted {task.title}"

    async with orchestrators() as make:
        orchestrator = await make(specialist=Painter())
        created = await orchestrator.create_task({"title": "a fence"})
        executed = await orchestrator.execute_task(created.task_id)
    assert executed.output == "painted a fence", (
        "the `specialist` that is given does not work: override `Specialist` with it"
    )


@orchestrator_factory.probe(promise="last-first", broken="CleansUpNothing")
async def test_probe_the_last_one_is_cleaned_up_first(probed_services: Any) -> None:
    async with orchestrators() as make:
        for _ in range(3):
            await make()
        await probed_services.start()
        assert not probed_services.stopped, "a container is cleaned up before the block ends"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "when the block ends, not every container is cleaned up"
    )
    assert probed_services.stopped == probed_services.started[::-1], (
        f"the containers are cleaned up in the order {probed_services.stopped}: the last one first"
    )


@orchestrator_factory.probe(promise="exception", broken="CleansUpNothing")
async def test_probe_an_exception_cleans_up_and_comes_out(probed_services: Any) -> None:
    came_out = False
    try:
        async with orchestrators() as make:
            await make()
            await make()
            await probed_services.start()
            raise ValueError("half-way")
    except ValueError:
        came_out = True
    assert came_out, "the exception that ends the block does not come out of it"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "when an exception ends the block, not every container is cleaned up"
    )


@orchestrator_factory.probe(promise="others", broken="KeepsErrorsToItself")
async def test_probe_a_clean_up_that_fails_stops_no_other(probed_services: Any) -> None:
    came_out = False
    try:
        async with orchestrators() as make:
            for _ in range(3):
                await make()
            await probed_services.start()
            probed_services.failing.extend(probed_services.started[-1:])  # which is stopped first
    except (OSError, ExceptionGroup):
        came_out = True
    assert came_out, "the error of a clean-up that fails does not come out of the block"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "after a clean-up that fails, the rest of the containers are not cleaned up"
    )


@orchestrator_factory.probe(promise="fixture", broken="CleansUpNothing")
async def test_probe_the_fixture_cleans_up_after_the_test(
    probed_services: Any, make_orchestrator: Any
) -> None:
    def cleaned_up() -> None:
        assert sorted(probed_services.stopped) == probed_services.started, (
            "not every container is cleaned up after the test"
        )

    await make_orchestrator()
    await make_orchestrator()
    await probed_services.start()
    assert not probed_services.stopped, "a container is cleaned up while the test still runs"
    probed_services.afterwards.append(cleaned_up)


@orchestrator_factory.probe(promise="no-other", broken="SharesOverrides")
async def test_probe_no_other_specialist_is_overridden() -> None:
    class Painter:
        async def run(self, task: vespera.Task) -> str:
            return f"painted {task.title}"

    async with orchestrators() as make:
        await make(specialist=Painter())
        orchestrator = await make()
        created = await orchestrator.create_task({"title": "a fence"})
        executed = await orchestrator.execute_task(created.task_id)
    assert executed.success, f"an orchestrator without a specialist fails: {executed.error}"
    assert executed.output != "painted a fence", (
        "the `specialist` of one orchestrator works for another one, too"
    )


@orchestrator_factory.probe(promise="cancellation", broken="CleansUpNothing")
async def test_probe_a_cancellation_cleans_up_and_comes_out(probed_services: Any) -> None:
    async def block() -> None:
        async with orchestrators() as make:
            await make()
            await make()
            await probed_services.start()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await asyncio.sleep(1)
    assert not task.done(), "the block has ended by itself"
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled(), "the cancellation that ends the block does not come out of it"
    assert sorted(probed_services.stopped) == probed_services.started, (
        "when a cancellation ends the block, not every container is cleaned up"
    )


@orchestrator_factory.probe(promise="own-block", broken="CleansUpNothing")
async def test_probe_another_block_is_left_alone(probed_services: Any) -> None:
    async with orchestrators() as make:
        await make()
        await probed_services.start()
        before = list(probed_services.started)
        async with orchestrators() as make_another:
            await make_another()
            await probed_services.start()
        stopped = sorted(probed_services.stopped)
        assert not set(stopped) & set(before), (
            "the end of one block cleans up the containers of another one"
        )
        assert stopped == probed_services.started[len(before) :], (
            "when the block ends, not every container is cleaned up"
        )


@orchestrator_factory.probe(promise="fixture-specialist", broken="IgnoresOverrides")
async def test_probe_the_fixture_takes_a_specialist(make_orchestrator: Any) -> None:
    class Painter:
        async def run(self, task: vespera.Task) -> str:
            return f"painted {task.title}"

    orchestrator = await make_orchestrator(specialist=Painter())
    created = await orchestrator.create_task({"title": "a fence"})
    executed = await orchestrator.execute_task(created.task_id)
    assert executed.output == "painted a fence", (
        "the `specialist` that is given does not work: give the test the function of "
        "`orchestrators()`"
    )
