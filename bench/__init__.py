"""What the portal costs, measured and printed against stated limits."""
