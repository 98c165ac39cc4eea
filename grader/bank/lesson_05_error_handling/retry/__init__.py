"""When to try again: what this exercise is judged by."""
