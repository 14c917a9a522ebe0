"""Other ways to store the same counts, for comparison."""
