from explorer.diffusion.figure import Figure as Figure
from explorer.errors import BadInput as BadInput
from explorer.python.bounds import Bound as Bound
from explorer.python.bounds import Elbo as Elbo
from explorer.python.bounds import bound as bound
from explorer.python.bounds import elbo as elbo
from explorer.python.chain import Chain as Chain
from explorer.python.codes import Decoding as Decoding
from explorer.python.codes import Encoding as Encoding
from explorer.python.codes import decode as decode
from explorer.python.codes import encode as encode
from explorer.python.likelihoods import LogPx as LogPx
from explorer.python.likelihoods import log_px as log_px
from explorer.python.planes import plane_page as plane_page
from explorer.python.recipes import load as load
from explorer.python.recipes import read_recipe as read_recipe
from explorer.python.recipes import replay as replay
from explorer.python.sampling import sample as sample
from explorer.python.showing import show as show
from explorer.recipe import Recipe as Recipe
from explorer.sources.from_python.model import Model as Model
from explorer.sources.from_python.model_source import ModelSource as Source
from explorer.sources.plugins import register as register_source

__version__: str
__all__ = [
    "BadInput", "Bound", "Chain", "Decoding", "Elbo", "Encoding", "Figure", "LogPx", "Model", "Recipe", "Source", "__version__",
    "bound", "decode", "elbo", "encode", "load", "log_px", "plane_page", "read_recipe", "register_source", "replay", "sample", "show",
]  # fmt: skip
