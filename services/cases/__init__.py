"""The registry of a campaign: one package a kind of item, over the mechanism in `items/`."""
