"""Lesson 07, fixtures: the learner writes them, and probes look at how well they isolate."""

ORDER = (
    "db_session",
    "container_with_overrides",
    "orchestrator_factory",
)
