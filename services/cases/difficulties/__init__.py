"""Difficulties of carriers and subdistrict offices, from the request for help to its confirmation."""
