"""An error that is looked at: what this exercise is judged by."""
