"""How far lines are from their targets, how fast they go, and who stands where."""
