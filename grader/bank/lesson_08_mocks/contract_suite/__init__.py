"""One suite for the fake and the real thing: what this exercise is judged by."""
