"""Lesson 02, workflows: legal transitions, steps that fail, and work that is resumed."""

ORDER = (
    "task_lifecycle",
    "failing_step",
    "resume",
)
