"""True for any list of files: what this exercise is judged by."""
