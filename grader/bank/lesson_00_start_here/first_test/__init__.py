"""Your first test: what this exercise is judged by."""
