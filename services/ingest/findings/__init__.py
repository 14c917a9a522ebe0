"""`/v1/findings`: what the quality rules find in the months that stand, why, and who is to look."""
