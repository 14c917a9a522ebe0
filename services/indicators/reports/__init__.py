"""The monthly report: issued by the task force, frozen as stored bytes, read and acknowledged."""
