"""What would move if some counts were others."""
