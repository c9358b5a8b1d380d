"""Labelled questions, measures of answers, calibration, and files other tools read."""
