"""Fixtures by subject: see the modules named here."""

pytest_plugins = [
    "tests.fixtures_settings",
    "tests.fixtures_postgres",
    "tests.fixtures_campaign",
    "tests.fixtures_api",
    "tests.fixtures_practice",
    "tests.hostile.tally",
    "tests.fixtures_served",
]
