"""Answers -> people: one file a face."""
