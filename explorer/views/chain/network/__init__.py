"""Inside the U-Net, and the equation and the graph of a step."""
