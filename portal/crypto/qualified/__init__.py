"""Qualified signatures (КЕП): reading what people upload, and asking everything that has to hold."""
