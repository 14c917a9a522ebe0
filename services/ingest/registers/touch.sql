-- Where the push under way changes a register; emptied at the end of every transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS register_touched (
    month date NOT NULL,
    key text COLLATE "C" NOT NULL,
    area integer NOT NULL
) ON COMMIT DELETE ROWS
