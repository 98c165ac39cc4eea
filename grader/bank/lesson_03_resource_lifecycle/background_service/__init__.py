"""Stopped means ended: what this exercise is judged by."""
