"""The files of a report, each made from its JSON content: a Word document and a workbook. Pure."""
