"""One summary, nothing hidden: what this exercise is judged by."""
