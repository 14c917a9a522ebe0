"""Access tokens, principals, the table of permissions, and the service that endpoints receive."""
