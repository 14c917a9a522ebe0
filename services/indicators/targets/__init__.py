"""Progress towards targets, pace, forecast and ranking of summary lines."""
