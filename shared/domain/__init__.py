"""Calculations and rules that several services share, and the SQL that reads the counts for them."""
