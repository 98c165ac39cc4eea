"""Assertions for a printed line: what this exercise is judged by."""
