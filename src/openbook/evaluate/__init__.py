"""Labelled questions, measures, statistics, calibration, comparisons and their report."""
