"""The register's keys: who holds them, who is given one, and what a new key seals anew."""
