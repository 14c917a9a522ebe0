"""Tables with one header row and a row for each count."""
