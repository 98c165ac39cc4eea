"""Lesson 06, timeouts: a deadline, a budget that works share, and a cleanup with its own time."""

ORDER = (
    "deadline",
    "shared_budget",
    "bounded_cleanup",
)
