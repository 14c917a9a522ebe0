"""The plan of a campaign as data: its definition, how it is read, checked, compared and put in force."""
