"""Requests whose answers are the examples of the OpenAPI files, sent to the demo."""
