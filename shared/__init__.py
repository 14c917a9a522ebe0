"""Code that all services share: app factory, access, database, definition of a campaign, calculations."""
