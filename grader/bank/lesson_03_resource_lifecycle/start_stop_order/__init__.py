"""Open in order, close in reverse: what this exercise is judged by."""
