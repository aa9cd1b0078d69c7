"""Sound: files, devices, voice detection and endpointing. No room here knows what was said."""
