"""Lesson 01, use cases: the outcome that is reported, and the effect that is stored."""

ORDER = (
    "track_creation",
    "verify_operation",
    "verify_all",
)
