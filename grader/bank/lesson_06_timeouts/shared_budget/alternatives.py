"""Correct implementations for `shared-budget`, built differently."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService
from vespera_scriptorium.domain.task import BatchOutcome

from .exercise import shared_budget


@shared_budget.alternative()
class WatchedFromOutside(TimeoutAwareService):
    """Runs the whole batch in one task, and waits for that task as long as the budget lasts."""

    async def run_batch(
        self, works: Mapping[str, Callable[[], Awaitable[str]]], budget: float
    ) -> BatchOutcome:
        outcome = BatchOutcome()
        spent = budget <= 0

        async def run_all() -> None:
            for name, work in works.items():
                if spent:
                    return
                self.busy += 1
                try:
                    output = await work()
                except Exception as error:
                    if not spent:
                        outcome.failed[name] = error
                else:
                    if not spent:
                        outcome.succeeded[name] = output
                finally:
                    self.busy -= 1

        batch = asyncio.create_task(run_all())
        try:
            await asyncio.wait({batch}, timeout=max(budget, 0))
        finally:
            spent = True
            batch.cancel()
            await asyncio.wait({batch})
        ended = {**outcome.succeeded, **outcome.failed}
        outcome.cancelled.extend(name for name in reversed(list(works)) if name not in ended)
        return outcome
