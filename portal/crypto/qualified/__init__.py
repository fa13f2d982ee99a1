"""Qualified signatures (КЕП): reading what people upload, and checking everything that must hold."""
