"""Dependency injection: which adapter stands behind which port."""
