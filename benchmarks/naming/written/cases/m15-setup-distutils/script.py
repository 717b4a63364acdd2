from distutils.core import setup, Extension
from distutils.util import strtobool
import imp
import parser
import formatter
import symbol

import numpy
from Cython.Build import cythonize

imp.find_module("os")
setup(name="fast", ext_modules=cythonize([Extension("fast", ["fast.pyx"], include_dirs=[numpy.get_include()])]))
