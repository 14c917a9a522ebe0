"""Layout of a table: the role of each of its columns, found from its header and caption."""
