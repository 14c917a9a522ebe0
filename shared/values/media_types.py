"""Media types of the bodies and files that the product reads and writes."""

from typing import Final

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OCTET_STREAM: Final = "application/octet-stream"

BY_SUFFIX: Final = {".json": JSON, ".ndjson": NDJSON, ".csv": CSV, ".xlsx": XLSX}
"""The media type of a file that can be pushed, by the suffix of its name."""
