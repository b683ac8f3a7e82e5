"""Who does work that falls into pieces: this process, or workers of Ray on this machine or on a cluster."""
