"""An event loop for a place without sockets and threads, as a browser's tab is.

There is nobody to wake it, so it needs no pipe to itself: it sleeps until its next timer. What
asks for a thread gets its answer from the loop, as the database does.
"""

import asyncio
import selectors
import time
from collections.abc import Callable
from typing import Any

from grader.runner.stuck import Hang


class _Sleep(selectors.SelectSelector):
    """Watches nothing, and sleeps as long as it might."""

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Hang("waits for ever: nothing is left that could wake it")
        if timeout > 0:
            time.sleep(timeout)
        return []


class SocketlessEventLoop(asyncio.SelectorEventLoop):
    """A loop that needs only the clock."""

    def __init__(self) -> None:
        super().__init__(_Sleep())

    def _make_self_pipe(self) -> None:
        """Called when asyncio makes a loop."""
        self._ssock = self._csock = None
        self._internal_fds = 0

    def _close_self_pipe(self) -> None:
        """Called when asyncio closes a loop."""

    def _write_to_self(self) -> None:
        """Called to wake a loop that sleeps; it does not."""

    def run_in_executor(  # type: ignore[override]  # no executor is of use here
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """As asyncio's; the function is called at once, and its caller waits for a turn."""
        future = self.create_future()

        def settle(set_it: Callable[[Any], None], value: object) -> None:
            if not future.done():  # its caller was cancelled
                set_it(value)

        try:
            self.call_soon(settle, future.set_result, func(*args))
        except Exception as error:
            self.call_soon(settle, future.set_exception, error)
        return future
