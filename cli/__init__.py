"""The command `gigacity`."""
