"""Measured figures and the documents made from them. Each figure is produced by a command and saved as JSON."""
