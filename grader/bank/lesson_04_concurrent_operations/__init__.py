"""Lesson 04, concurrent operations: really concurrent, bounded, and one failure hides nothing."""

ORDER = (
    "distinct_ids",
    "really_concurrent",
    "gather_results",
)
