"""As many as allowed, and no more: what this exercise is judged by."""
