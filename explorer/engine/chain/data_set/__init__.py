"""The exact process of a data set beside the lanes: weights, the ideal x0_hat, the nearest image."""
