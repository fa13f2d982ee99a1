"""The file formats that the parties exchange, one module each."""
