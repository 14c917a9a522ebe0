"""The demonstration: runs the product on sample data over HTTP and prints the summaries."""
