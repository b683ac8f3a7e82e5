"""`train`: a DDPM, a VAE, an AE, principal components or the judge's classifier, on this machine."""
