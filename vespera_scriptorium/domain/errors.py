"""The errors that the domain knows by name."""


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
