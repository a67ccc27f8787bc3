"""All that nbgrader sees of grading: preprocessors, the copy taken over, gradebook, the formgrader's pages."""
