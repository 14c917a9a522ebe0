"""What is fast, against what: every figure is a ratio to a baseline measured in the same run."""
