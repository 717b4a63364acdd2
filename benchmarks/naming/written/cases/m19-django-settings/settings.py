from pathlib import Path
import os
import environ
import dj_database_url

BASE_DIR = Path(__file__).resolve().parent
env = environ.Env()
INSTALLED_APPS = [
    "django.contrib.admin",
    "rest_framework",
    "corsheaders",
    "crispy_forms",
    "django_filters",
    "debug_toolbar",
    "blog",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "app"}}
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache"}}
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
