"""Lesson 12, legacy refactoring: three repairs, and one suite for the whole application."""

ORDER = (
    "assertions_for_prints",
    "fixtures_for_try_finally",
    "file_for_memory",
    "whole_application",
)
