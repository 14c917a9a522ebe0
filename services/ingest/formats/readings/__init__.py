"""Readings of a table: the role of each row, and each number as a count, a total, a number passed over, or an error."""
