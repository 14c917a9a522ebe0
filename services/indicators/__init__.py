"""The indicators service: computes the campaign's indicators from stored counts."""
