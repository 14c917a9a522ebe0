"""The versions of the data and of the product."""
