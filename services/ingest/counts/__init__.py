"""Counts as a dataset: read into columns, judged, written; and the list of those that stand."""
