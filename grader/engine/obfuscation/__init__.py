"""Rewrites a variant so that only its behaviour tells it apart from the others."""
