"""What the smaller services answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What became of an operation: `error` says why when `success` is False."""

    success: bool
    output: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How `AsyncService` is: after a failure, which operation failed and with what message."""

    healthy: bool
    failed_operation: str | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class TimedResult:
    """How long an operation worked and how long it waited for its turn, in seconds."""

    success: bool
    operation_type: str
    duration: float = 0.0
    queued: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessingResult:
    """What became of data that was given to the external service: the file it was stored as."""

    success: bool
    file_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is acquired, used and given back."""

    id: str
    resource_type: str
    configuration: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class CleanupStatus:
    """Whether a resource was created once, and is closed now."""

    resource_id: str
    cleaned_up: bool
