from explorer.errors import BadInput as BadInput
from explorer.python.chain import Chain as Chain
from explorer.python.planes import plane_page as plane_page
from explorer.python.sampling import sample as sample
from explorer.python.showing import show as show
from explorer.sources.from_python.model import Model as Model
from explorer.sources.from_python.model_source import ModelSource as Source
from explorer.sources.plugins import register as register_source

__version__: str
__all__ = ["BadInput", "Chain", "Model", "Source", "__version__", "plane_page", "register_source", "sample", "show"]
