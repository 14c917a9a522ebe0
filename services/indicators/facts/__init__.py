"""The counts behind every figure, one by one."""
