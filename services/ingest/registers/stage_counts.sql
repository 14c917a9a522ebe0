-- The counts that the registers give where the push under way changes them; emptied at the end of every transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS register_count (
    org text NOT NULL,
    month date NOT NULL,
    metric integer NOT NULL,
    area integer NOT NULL,
    value bigint NOT NULL
) ON COMMIT DELETE ROWS
