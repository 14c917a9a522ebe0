"""Issues access tokens to the clients of organisations. The only writer of clients and signing keys."""
