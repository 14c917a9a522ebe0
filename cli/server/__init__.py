"""The HTTP server: strict request heads, and all services behind one address or a single service."""
