-- The errors of the push under way: COPY reaches no table with row-level security. Emptied at the end of every transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS stage_error (
    number integer NOT NULL,
    document bytea NOT NULL
) ON COMMIT DELETE ROWS
