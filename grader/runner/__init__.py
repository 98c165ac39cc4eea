"""What runs in the process that executes learners' tests.

It knows no answers: sources arrive as text over a pipe, and no run is told whether its variant is
right or wrong. Nothing here imports the rest of `grader`, so that a sandbox can hold this folder,
the application, and nothing else.
"""
