"""Correct implementations for `operation-durations`, built differently."""

import asyncio
import random
from collections.abc import Callable, Mapping

from vespera_scriptorium.application.async_operation_service import (
    DURATIONS,
    LIMITS,
    AsyncOperationService,
)

from .exercise import (
    operation_durations,
)


@operation_durations.alternative()
class TakesTokens(AsyncOperationService):
    """Takes tokens out of a queue, and puts them back."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._tokens: asyncio.Queue[None] = asyncio.Queue()
        for _ in range(slots):
            self._tokens.put_nowait(None)
        self._jitter = jitter

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        await self._tokens.get()
        try:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._tokens.put_nowait(None)


@operation_durations.alternative()
class LastComeFirstServed(AsyncOperationService):
    """Lets the one that came last have the next turn."""

    def __init__(
        self,
        durations: Mapping[str, float] = DURATIONS,
        limits: Mapping[str, float] = LIMITS,
        slots: int = 4,
        jitter: Callable[[], float] = lambda: random.uniform(0.0, 0.1),
    ) -> None:
        self._durations = durations
        self._limits = limits
        self._free = slots
        self._waiting: list[asyncio.Event] = []
        self._jitter = jitter

    async def _work(self, operation_type: str) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        while self._free == 0:
            turn = asyncio.Event()
            self._waiting.append(turn)
            try:
                await turn.wait()
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                elif self._free and self._waiting:
                    self._waiting.pop().set()
        self._free -= 1
        try:
            started = clock()
            await asyncio.sleep(self._durations[operation_type])
            return round(clock() - started, 3), round(started - asked, 3)
        finally:
            self._free += 1
            if self._waiting:
                self._waiting.pop().set()
