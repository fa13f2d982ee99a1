"""The confirmation portal: what the social agency asks of schools, answered and signed."""
