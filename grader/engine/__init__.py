"""Judges one suite: reads it, plans its runs, has them executed, and judges what happened."""
