"""Resume after a crash: what this exercise is judged by."""
