"""The schema's history. `migrations.run` is the only way in."""
