"""Tests that are run: what this exercise is judged by."""
