"""Registers: monthly lists of things with typed rows, and the counts that are derived from them."""
