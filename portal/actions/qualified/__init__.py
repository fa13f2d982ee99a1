"""Signing with a qualified certificate: a file made elsewhere, or the local signing service."""
