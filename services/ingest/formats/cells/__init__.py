"""Cells of spreadsheets: values, codes and units in the spellings that people use."""
