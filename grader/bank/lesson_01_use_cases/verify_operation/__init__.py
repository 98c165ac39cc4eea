"""Verified means happened: what this exercise is judged by."""
