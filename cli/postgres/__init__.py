"""The embedded PostgreSQL server, and the addresses and passwords of the service roles."""
