"""Inside the U-Net of a lane."""
