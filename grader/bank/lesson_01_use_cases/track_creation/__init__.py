"""A success is stored: what this exercise is judged by."""
