"""What-if scenarios: the summary lines that hypothetical counts would change."""
