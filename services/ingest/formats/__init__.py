"""Formats of pushed rows: JSON and NDJSON, read strictly, CSV and XLSX, read leniently. Knows no database and no definition."""
