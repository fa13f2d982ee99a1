"""An institution's list for a month: deciding, sending back, and days without school."""
