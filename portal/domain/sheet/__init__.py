"""The sheet that goes out to be filled in, and comes back: its columns, keys and cells."""
