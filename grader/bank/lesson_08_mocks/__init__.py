"""Lesson 08, mocks: what a mock notices, where it is put, and what a fake has to keep."""

ORDER = (
    "awaited_once",
    "override",
    "contract_suite",
)
