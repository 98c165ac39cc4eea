"""What the application is about: tasks, file operations, their errors. Plain values only."""
