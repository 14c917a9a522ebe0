"""Summary lines that would change with hypothetical counts."""
