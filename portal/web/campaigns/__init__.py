"""The operator's pages of a month: loading, window, single lists, calendar and answer."""
