"""Comparing tables: one comparator for the results of every engine. Knows no question and no points."""
