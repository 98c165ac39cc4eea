"""What the application is asked to do, one class each."""
