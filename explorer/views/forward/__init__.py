"""The Forward workspace: any image noised along t, schedules, pixels, the posterior, and Gaussian asides."""
