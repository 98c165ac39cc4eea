"""A database for each test: what this exercise is judged by."""
