"""Values of an indicator over time, and whether they can be compared."""
