"""Tokens, principals, and the policy of who may call which operation."""
