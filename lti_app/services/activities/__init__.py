"""What an activity covers and how it was placed: chosen, copied with its course, mended."""
