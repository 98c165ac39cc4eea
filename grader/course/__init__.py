"""Lessons -> solutions -> notebooks, and the proof that every exercise is fair."""
