"""Rows in JSON and NDJSON, read strictly."""
