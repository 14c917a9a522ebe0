"""Time series of one indicator, with net additions between periods."""
