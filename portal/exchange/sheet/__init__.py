"""Reading a sheet that comes back: what file it is, its cells, in a process of its own."""
