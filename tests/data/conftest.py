"""Suites lie here that are data."""

collect_ignore_glob = ["*"]
