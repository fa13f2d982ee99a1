"""The register's keys: who holds them, how they are handed out, and how everything is sealed anew."""
