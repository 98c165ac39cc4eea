"""Fixtures for try and finally: what this exercise is judged by."""
