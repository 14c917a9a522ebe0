"""The services: each an application of its own; they meet in Postgres and in `shared`."""
