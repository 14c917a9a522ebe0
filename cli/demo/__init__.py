"""The demonstration: what it calls, files and prints."""
