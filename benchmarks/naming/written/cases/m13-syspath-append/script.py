import os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "lib"))
sys.path.append(os.path.join(HERE, "..", "shared_code"))

import loaders
import database
from toolbox import plotting
import marshmallow


class S(marshmallow.Schema):
    name = marshmallow.fields.Str()


print(S(), loaders.load(), database, plotting)
