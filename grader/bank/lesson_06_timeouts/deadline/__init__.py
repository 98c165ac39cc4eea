"""At the deadline: what this exercise is judged by."""
