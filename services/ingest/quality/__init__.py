"""What the rules find in a month: as it stands, or as a push would leave it."""
