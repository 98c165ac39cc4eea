"""Life after the error: what this exercise is judged by."""
