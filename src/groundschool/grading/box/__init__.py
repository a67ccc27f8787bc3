"""Sandboxes: what builds one, holds it to its limits, and lets a process into it. Knows nothing of grading."""
