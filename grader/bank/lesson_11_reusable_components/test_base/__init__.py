"""A base class for tests: what this exercise is judged by."""
