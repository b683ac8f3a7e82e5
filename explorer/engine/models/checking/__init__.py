"""Whether a network denoises as was told of it: noise is put into known pictures, and it is seen how much of it the network finds.

`noise_error.py` measures, `pictures.py` has the pictures, `alternatives.py` says what else could be meant, `search.py` tries that,
`words.py` says for people what came of it.
"""
