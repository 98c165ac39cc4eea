"""Lesson 10, best practices: four bad suites, each to be repaired."""

ORDER = (
    "decoration",
    "cleanup",
    "exceptions",
    "concurrency",
)
