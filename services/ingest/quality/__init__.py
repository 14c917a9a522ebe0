"""Quality rules: their input from stored counts, and the findings of a month."""
