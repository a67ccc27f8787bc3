"""Making a topic: its notebook from text, its release, a zip to hand in, and its proof."""
