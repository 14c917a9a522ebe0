"""What moved between two data versions."""
