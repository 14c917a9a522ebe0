"""The sender's own file again, with what is wrong marked in it."""
