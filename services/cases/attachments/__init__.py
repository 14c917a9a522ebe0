"""Attachments of items: received, checked, kept in a folder or an object store, and downloaded."""
