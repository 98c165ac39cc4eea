"""asyncio's policy for event loops, which Python 3.14 warns of and still asks by itself."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from typing import Any


def current() -> Any:
    """The policy of this process, without the warning."""
    ask = getattr(asyncio.events, "_get_event_loop_policy", None) or asyncio.get_event_loop_policy
    return ask()


def fresh() -> Any:
    """A new policy of the platform's kind, of which no thread has a loop yet."""
    platform: Any = asyncio
    name = "DefaultEventLoopPolicy"
    if sys.version_info >= (3, 14):
        platform = asyncio.windows_events if sys.platform == "win32" else asyncio.unix_events
        name = "_DefaultEventLoopPolicy"
    return getattr(platform, name)()


def without_loop() -> Any:
    """A new policy under which this thread has no loop, and whoever asks for one gets none."""
    found = fresh()
    found.set_event_loop(None)
    return found


def use(policy: Any) -> None:
    """Make it the policy of this process, without the warning."""
    events: Any = asyncio.events
    events._event_loop_policy = policy


@contextlib.contextmanager
def replaced() -> Iterator[None]:
    """A block with a new policy: that of a browser's kernel knows one loop, and makes no other."""
    before = current()
    use(fresh())
    try:
        yield
    finally:
        use(before)
