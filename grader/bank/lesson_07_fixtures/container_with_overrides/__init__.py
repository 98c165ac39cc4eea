"""A container for each test: what this exercise is judged by."""
