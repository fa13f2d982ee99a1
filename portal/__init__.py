"""The confirmation portal: schools answer what the social agency asks of them, and sign it."""
