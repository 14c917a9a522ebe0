"""What others would do."""
