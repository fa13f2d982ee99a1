"""What people print or keep."""
