"""One task, all the way: what this exercise is judged by."""
