"""What items of every kind share: creating, editing, moving, history, comments and lists. A kind is declared in `kind.py`."""
