"""The mechanism of all kinds of items: creating, editing, moving, history, comments, lists. `kind.py` declares a kind."""
