"""Lesson 03, resource lifecycle: acquired, and released on every path, in order."""

ORDER = (
    "session_cleanup",
    "start_stop_order",
    "background_service",
)
