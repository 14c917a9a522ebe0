-- Inserts the new state of a month.
INSERT INTO submission (
    campaign, org, month, version, state, content_hash, attested_name, attested_title, reason, cells, registers
)
VALUES (
    %(campaign)s, %(org)s, %(month)s, %(version)s, %(state)s, %(content_hash)s, %(attested_name)s, %(attested_title)s,
    %(reason)s, %(cells)s, %(registers)s
)
