from dotenv import load_dotenv
from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
import redis
import rq
import stripe

app = Flask(__name__)
