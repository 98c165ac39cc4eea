"""As many as the test wants: what this exercise is judged by."""
