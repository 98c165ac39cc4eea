"""The table of delays: what this exercise is judged by."""
