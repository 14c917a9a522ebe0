"""Reads one workbook in a process of its own, under limits of memory and time: a workbook can make any reader explode.

Run as `python -m services.ingest.workbooks`, with the workbook as standard input and the limits as JSON in the first argument.
Writes frames to standard output: four bytes of length, then JSON: `{"sheets": [names]}`, then for each sheet `{"sheet": name,
"merged": [[top, left, bottom, right], ...], "widths": [[column, characters], ...]}` with places from 0, and `{"first": number,
"rows": [[cell, ...], ...]}`, at last `{"end": true}`; or `{"refused": why}` at any point. A cell is text, or a pair of kind (n
number, d date, b boolean, e error, f formula without result) and text.
It knows nothing of what the rows mean, and imports nothing else of this project, so that it starts fast.
"""
