"""Versions of the campaign's definition, its indicators, and previews of proposed definitions."""
