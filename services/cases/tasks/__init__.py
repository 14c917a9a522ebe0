"""The plan's tasks: an assignment for each responsible organisation, and the board."""
