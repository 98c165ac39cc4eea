"""Every way out of a session: what this exercise is judged by."""
