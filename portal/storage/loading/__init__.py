"""The files that the operator loaded, as rows."""
