"""Bytes of CSV files and workbooks into sheets: cells as they are shown, and their layout. Start at read_sheets.py."""
