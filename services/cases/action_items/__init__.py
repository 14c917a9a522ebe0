"""Action items, from their issue by the task force or the leading group to the acceptance of what was done."""
