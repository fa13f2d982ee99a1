"""The register in the database: months, holders of keys, openings, and what is due to be erased."""
