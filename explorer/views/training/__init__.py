"""Training: runs of `train`, started, watched, stopped and gone on with."""
