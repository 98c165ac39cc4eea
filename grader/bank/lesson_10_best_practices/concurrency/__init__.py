"""Two at the same time: what this exercise is judged by."""
