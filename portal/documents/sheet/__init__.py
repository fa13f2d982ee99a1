"""The list as a sheet that is filled in, as xlsx and csv."""
