"""The indicators service: reads facts, tells how far the campaign is."""
