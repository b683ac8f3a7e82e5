"""What Reverse chain and Compare have in common: cursor, playback, requests, inspector."""
