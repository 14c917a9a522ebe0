"""Monthly reports: issued by the task force, stored as files that never change, read and acknowledged."""
