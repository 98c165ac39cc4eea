"""Starts the process that runs tests, behind walls where learner code is not trusted."""
