"""Tasks created together: what this exercise is judged by."""
