from sqlalchemy import create_engine, Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import sessionmaker
import elixir
import migrate.versioning.api
import alembic
import psycopg2
import sqlite3
import cx_Oracle
import pymssql
import pyodbc
import web
import cherrypy
import storm.locals
import dataset
import records
import mongoengine
import formencode

engine = create_engine("mysql://root@localhost/test")
engine2 = create_engine("postgresql://localhost/test")
Base = declarative_base()
