"""Totals in tables and forms: recognised, compared with the sum of their parts, not stored."""
