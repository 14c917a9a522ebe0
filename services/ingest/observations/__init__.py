"""Stored counts, one by one."""
