#!/usr/bin/python
import MySQLdb
import boto
from boto.s3.key import Key
from fabric.api import run, env, sudo, put, local
import argparse
import _mysql_exceptions

env.hosts = ["a", "b"]


def backup():
    run("mysqldump x > /tmp/x.sql")
    conn = boto.connect_s3()
    k = Key(conn.get_bucket("x"))
    k.set_contents_from_filename("/tmp/x.sql")
