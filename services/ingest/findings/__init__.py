"""`/v1/findings`: the findings on stored months, with their reasons and the organisations that must act."""
