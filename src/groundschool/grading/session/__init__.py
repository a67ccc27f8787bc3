"""One submission's conversation between its boxes, and the verdicts that come of it."""
