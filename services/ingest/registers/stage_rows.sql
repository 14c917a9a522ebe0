-- The rows of a register that the push under way leaves to be written; emptied at the end of every transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS register_stage (
    month date NOT NULL,
    key text COLLATE "C" NOT NULL,
    area integer NOT NULL,
    body jsonb NOT NULL
) ON COMMIT DELETE ROWS
