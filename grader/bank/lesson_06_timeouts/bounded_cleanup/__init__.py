"""A cleanup with a deadline: what this exercise is judged by."""
