"""What runs an answer: one module an engine. Which answer runs where is told by its test cell."""
