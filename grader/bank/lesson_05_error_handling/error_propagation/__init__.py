"""What comes out: what this exercise is judged by."""
