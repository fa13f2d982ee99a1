"""What a regional office does about a whole month: writing to the institutions that it is shown."""
