"""The quality gates: raw exports on arrival, marts before they are published."""
