"""Templates: files that an organisation fills in and pushes."""
