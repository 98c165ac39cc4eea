"""Eventually in the database: what this exercise is judged by."""
