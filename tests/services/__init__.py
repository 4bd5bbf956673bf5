"""Tests against a real Redis and the PostgreSQL of the system, both started for the run: `python -m tests.services`."""
