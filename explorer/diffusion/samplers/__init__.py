"""How a chain steps: what each sampler makes of what a predictor says, which timesteps it visits, how much noise it adds.

Every step of every sampler is x_s = a0 D + at x_t + sigma z: D is the clean image that it goes towards. Of the samplers that ask once and
remember nothing, D is x0_hat itself; `steps.py` has what it is of the others. No torch: a chain that is kept is shown by it, too.
"""
