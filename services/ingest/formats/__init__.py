"""What senders write, read into rows: JSON and NDJSON strictly, CSV and XLSX generously. Knows no database and no definition."""
