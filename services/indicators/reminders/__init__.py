"""Reminders of months that are incomplete or not submitted, and the record of reminders that were sent."""
