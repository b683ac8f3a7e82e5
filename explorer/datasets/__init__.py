"""Data sets: IDX files, folders of images, arrays; and the MNIST that comes with the app."""
