import pymongo
from bson import ObjectId
