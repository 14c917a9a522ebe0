"""Catalogue of a campaign: codes, titles and limits."""
