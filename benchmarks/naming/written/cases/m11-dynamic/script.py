import importlib
import importlib.util
from importlib import import_module

BACKENDS = {"catboost": "catboost", "prophet": "prophet"}
PREFIX = "stats"


def backend(name):
    return importlib.import_module(BACKENDS[name])


models = importlib.import_module(PREFIX + "models.api")
umap = import_module("umap")
hdbscan = __import__("hdbscan")
pd = __import__("pandas", fromlist=["DataFrame"])
cv = importlib.import_module("cv2")
if importlib.util.find_spec("cupy") is not None:
    import cupy as xp
else:
    import numpy as xp


def plugin(name):
    return import_module(f"plugins.{name}")


print(models.OLS, umap.UMAP(), hdbscan.HDBSCAN(), pd.DataFrame(), cv.imread, xp.zeros(3))
