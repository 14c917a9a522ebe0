"""The ingest service: the only writer of facts."""
