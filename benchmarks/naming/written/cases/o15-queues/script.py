import pika
import redis
import celery
from kombu import Connection, Exchange
import pymongo
import bson
import memcache
import beanstalkc
import stomp
from kazoo.client import KazooClient
import riak
import pycassa
import couchdb
import pyes
import happybase
import statsd
import pysolr
import sphinxapi
import leveldb
import plyvel
import rethinkdb as r
from elasticsearch import Elasticsearch
import jsonrpclib
import gearman
import hiredis

conn = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
