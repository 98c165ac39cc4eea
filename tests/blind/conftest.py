"""What lies in these folders is read by `test_blind_sets.py`, and is none of our own tests."""

collect_ignore_glob = ["*/*"]
