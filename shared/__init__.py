"""What all services share: the app factory, access, the database door, the campaign's definition, the calculations."""
