"""The mathematics of variational inference: KL between densities, q(z|x) beside the exact p(z|x), and what the ELBO leaves out."""
