"""The errors that the domain knows by name, and what is said of any error."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager


class DuplicateTaskError(Exception):
    """A task with this id is stored already."""


class UnknownTaskError(LookupError):
    """No task with this id is stored."""


class IllegalTransitionError(Exception):
    """A task cannot go from the state it is in to the state that was asked for."""


class DuplicateOperationError(Exception):
    """A file operation with this id, or a creation of this path, is stored already."""


class UnknownOperationError(LookupError):
    """No file operation with this id is stored."""


class AsyncServiceError(Exception):
    """An operation of `AsyncService` failed; its message names the operation."""


class ExternalServiceError(Exception):
    """The external service could not be reached, refused, or answered nonsense."""


class DeadlineExceededError(TimeoutError):
    """Work did not end by its deadline. `cleanup_abandoned`: nor did the cleanup after it."""

    cleanup_abandoned: bool = False


def reason(error: BaseException) -> str:
    """What an error says, or the name of its type where it says nothing: `TimeoutError()`."""
    return str(error) or type(error).__name__


def raise_one(errors: Iterable[BaseException]) -> None:
    """Raise a cancellation, or else the first error, if any; the others become notes on it."""
    found = sorted(errors, key=lambda error: isinstance(error, Exception))
    for error in found[1:]:
        found[0].add_note(f"and another one: {error!r}")
    if found:
        raise found[0]


def raise_together(what: str, errors: Sequence[BaseException]) -> None:
    """Raise the errors as an `ExceptionGroup`, if any; but a cancellation comes out by itself."""
    failures = [error for error in errors if isinstance(error, Exception)]
    rest = [error for error in errors if not isinstance(error, Exception)]
    if failures:
        rest.append(ExceptionGroup(what, failures))
    raise_one(rest)


@contextmanager
def noted_on(error: BaseException, what: str) -> Iterator[None]:
    """A block whose errors become notes on `error`, which is on its way out and must not be hidden.

    A cancellation comes out of it all the same.
    """
    try:
        yield
    except Exception as problem:
        error.add_note(f"{what}: {problem!r}")
