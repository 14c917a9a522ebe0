"""Forms as offices fill them in: captions, merged cells, crosstabs."""
