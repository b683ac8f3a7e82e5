"""What can be done with a picture, in every workspace alike."""
