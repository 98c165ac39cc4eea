"""How long, and how long at most: what this exercise is judged by."""
