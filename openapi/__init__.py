"""The OpenAPI files, generated from the code, and what keeps them true."""
