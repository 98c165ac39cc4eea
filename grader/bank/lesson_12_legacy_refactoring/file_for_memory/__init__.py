"""A file for :memory:: what this exercise is judged by."""
