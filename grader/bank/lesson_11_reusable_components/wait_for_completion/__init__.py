"""Wait until it is done: what this exercise is judged by."""
