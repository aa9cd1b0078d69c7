"""The customer: a mood that moves for a reason, and lines that answer what was said."""
