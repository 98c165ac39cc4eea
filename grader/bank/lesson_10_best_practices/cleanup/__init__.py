"""Clean, also after a failure: what this exercise is judged by."""
