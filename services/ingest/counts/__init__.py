"""Counts as a dataset: read into columns, checked and written; and the list of stored counts."""
