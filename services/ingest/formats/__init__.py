"""What senders write, read into rows: JSON and NDJSON strictly, CSV and XLSX generously. Knows no database and no definition."""

from services.ingest.formats.reading import batches

__all__ = ["batches"]
