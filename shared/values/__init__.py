"""Small values without dependencies: months, bilingual texts, ids, spellings."""
