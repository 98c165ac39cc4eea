"""Adapters for the application's ports, and the container that puts the application together."""
