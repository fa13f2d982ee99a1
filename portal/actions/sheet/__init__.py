"""Making the sheet of a list, examining what comes back, storing what holds."""
