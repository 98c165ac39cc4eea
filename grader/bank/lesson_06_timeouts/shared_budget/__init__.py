"""One budget for all: what this exercise is judged by."""
