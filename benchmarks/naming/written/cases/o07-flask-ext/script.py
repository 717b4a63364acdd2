from flask import Flask, g, render_template, request
from flask.ext.sqlalchemy import SQLAlchemy
from flask.ext.login import LoginManager, current_user
from flask.ext.wtf import Form
from flask.ext.script import Manager
from flaskext.markdown import Markdown
from wtforms import TextField
from flask_admin import Admin
from flask_oauthlib.client import OAuth

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////tmp/test.db"
db = SQLAlchemy(app)

if __name__ == "__main__":
    app.run(debug=True)
