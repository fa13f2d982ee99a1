"""Publishing a circular, taking it back, and whoever has to read it."""
