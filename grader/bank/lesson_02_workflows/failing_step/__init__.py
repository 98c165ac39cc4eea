"""A step fails: what this exercise is judged by."""
