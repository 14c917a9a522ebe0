-- The table that raw COPY is measured on; it stays as it is, so that a better table of ours does not lower the bar.
CREATE TABLE reference (
    campaign text COLLATE "C" NOT NULL,
    org text COLLATE "C" NOT NULL,
    month text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    area text COLLATE "C" NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT pk_reference PRIMARY KEY (campaign, org, month, metric, area)
)
