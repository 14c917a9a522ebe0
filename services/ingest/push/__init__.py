"""A push of any dataset, from its body to the import that is recorded."""
