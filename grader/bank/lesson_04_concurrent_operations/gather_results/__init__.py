"""Every outcome told apart: what this exercise is judged by."""
