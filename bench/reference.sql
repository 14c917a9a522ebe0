-- The table that raw COPY is measured on. It never changes, so that the bar does not depend on the product's own table.
CREATE TABLE reference (
    campaign text COLLATE "C" NOT NULL,
    org text COLLATE "C" NOT NULL,
    month text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    area text COLLATE "C" NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT pk_reference PRIMARY KEY (campaign, org, month, metric, area)
)
