"""Many submissions: intake, worker pool, cache, gradebook, feedback, and the report on a class."""
