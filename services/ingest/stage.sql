-- The rows of the push under way; emptied at the end of every transaction.
CREATE TEMPORARY TABLE IF NOT EXISTS stage (
    row_number integer NOT NULL,
    month date NOT NULL,
    metric integer NOT NULL,
    area integer NOT NULL,
    value bigint NOT NULL,
    note text
) ON COMMIT DELETE ROWS
