"""The embedded PostgreSQL server, and the URLs and passwords of the service roles."""
