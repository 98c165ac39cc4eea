"""In the place of another: what this exercise is judged by."""
