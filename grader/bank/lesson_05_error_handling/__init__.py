"""Lesson 05, error handling: what comes out, life after it, and when to try again."""

ORDER = (
    "error_propagation",
    "recovery",
    "retry",
)
