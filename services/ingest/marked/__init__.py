"""The pushed file again, with its errors marked."""
