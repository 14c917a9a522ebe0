"""Transactions, statements, the ledger and the audit log."""
