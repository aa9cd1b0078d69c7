"""The coach's desk: saved calls in a web page on this machine, and calls held in the browser."""
