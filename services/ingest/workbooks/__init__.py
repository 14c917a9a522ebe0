"""Reads one workbook in a process of its own, with limits on memory and time: a workbook may exhaust any reader.

Run as `python -m services.ingest.workbooks`, with the workbook as standard input and the limits as JSON in the first argument.
Writes frames to standard output: four bytes of length, then JSON: `{"properties": {name: text}}` of the workbook; for each
sheet `{"sheet": name, "visible": true, "merged": [[top, left, bottom, right], ...], "widths": [[column, characters], ...],
"hidden_columns": [[first, last], ...], "hidden_rows": [[first, last], ...]}` with indices from 0, then `{"rows": [[number, [cell,
...]], ...]}`; and finally `{"end": true}`; or `{"refused": reason}` at any point. A cell is text, or a list of kind (n number, p
percentage, d date, b boolean, s struck-out text, e error, f formula without result) and text; for a number possibly followed by
the text that its format shows and by the number before it was rounded to 15 digits, each null if it is the same.

The process does not interpret the rows, and imports nothing else of this project, so that it starts quickly.
"""
