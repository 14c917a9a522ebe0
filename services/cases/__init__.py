"""Application cases: filing, reviewing, approving."""
