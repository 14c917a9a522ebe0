"""Bad input, sent to a real process: JSON bodies (C), files and exports (F), replays (R)."""
