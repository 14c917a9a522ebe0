"""Sheets of CSV files and workbooks."""
