"""`gigacity push`: a file of counts to a server."""
