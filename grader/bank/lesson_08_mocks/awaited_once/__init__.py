"""Awaited once, with the right words: what this exercise is judged by."""
