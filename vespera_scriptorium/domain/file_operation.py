"""A file operation that is tracked, and what tracking and verifying it answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class OperationKind(StrEnum):
    """What is about to happen to a file."""

    CREATION = "creation"
    MODIFICATION = "modification"


@dataclass(frozen=True, slots=True)
class FileOperation:
    """One operation on a file, tracked before it happens.

    `checksum_before` is what the content was then; None when there was no file.
    """

    id: str
    kind: OperationKind
    file_path: str
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    checksum_before: str | None = None


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What became of tracking an operation: `error` says why when `success` is False."""

    success: bool
    operation_id: str | None = None
    file_path: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What a check found. `success`: the check ran; `verified`: the operation has happened."""

    success: bool
    operation_id: str
    verified: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class VerificationSummary:
    """All checks, counted: verified, unverified (the check found nothing), failed (did not run)."""

    total: int
    verified: int
    unverified: int
    failed: int
    all_verified: bool
    results: tuple[VerificationResult, ...] = ()
