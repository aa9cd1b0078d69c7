"""A saved call as one page to see and to hear."""
