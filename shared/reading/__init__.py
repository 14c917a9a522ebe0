"""Reading a campaign at a data version on behalf of a caller."""
