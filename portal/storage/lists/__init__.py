"""An institution's list in the database: its records, school days, closures and refusals."""
