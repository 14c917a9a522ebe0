"""The Word and Excel files of a report, rendered from its JSON content."""
