"""Grading: what the words do, how they were said, and what the rubric makes of a call."""
