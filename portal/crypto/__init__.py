"""Bytes in, bytes out: keys, sealing, signatures; knows only the cryptography libraries."""
