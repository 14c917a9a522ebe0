"""The HTTP server: a strict request head, one entry address, one process or one for each service."""
