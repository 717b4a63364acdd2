import argparse
from config import settings
from utils.logger import get_logger
from models import User
from database import SessionLocal
import constants
import helpers
from services.mail import send
import api
import core
import common
import app
import lib
import tasks
import schemas
import routes
import secrets_local
import my_module
import data_loader
from mypackage.sub import thing
import test_utils
import arrow
import pendulum

logger = get_logger(__name__)
print(arrow.utcnow(), pendulum.now(), argparse, settings, User, SessionLocal)
