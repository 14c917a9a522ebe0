"""Requests and responses: strict parsing, problems, entity tags, paging, API pages."""
