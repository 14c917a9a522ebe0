"""Totals in tables and forms: recognised, compared with their parts, not stored."""
