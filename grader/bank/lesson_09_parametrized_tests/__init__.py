"""Lesson 09, parametrized tests: boundaries, a table, and properties that hold for any input."""

ORDER = (
    "operation_durations",
    "backoff_schedule",
    "round_trip",
)
