try:
    import ConfigParser
except ImportError:
    import configparser as ConfigParser
try:
    from StringIO import StringIO
except ImportError:
    from io import StringIO
try:
    import urllib2
except ImportError:
    import urllib.request as urllib2
try:
    from PIL import Image
except ImportError:
    import Image
try:
    import json
except ImportError:
    import simplejson as json
try:
    import xml.etree.cElementTree as ET
except ImportError:
    import elementtree.ElementTree as ET
try:
    from collections import OrderedDict
except ImportError:
    from ordereddict import OrderedDict
try:
    import argparse
except ImportError:
    import optparse
try:
    import unittest2 as unittest
except ImportError:
    import unittest
try:
    from hashlib import md5
except ImportError:
    from md5 import md5
import six
from six.moves import urllib
from past.builtins import basestring
from builtins import str
from future.utils import iteritems
