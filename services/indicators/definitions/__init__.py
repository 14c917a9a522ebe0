"""The definition (口径): its versions, its indicators, and proposed ones tried."""
