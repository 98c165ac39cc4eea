"""The whole application: what this exercise is judged by."""
