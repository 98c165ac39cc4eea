"""Lesson 11, reusable components: two helpers that wait, and a base class."""

ORDER = (
    "wait_for_completion",
    "eventually_in_the_database",
    "test_base",
)
