from django.db import models
from django.contrib.auth.models import User
from django.utils.translation import ugettext_lazy as _
from south.modelsinspector import add_introspection_rules
from taggit.managers import TaggableManager
from mptt.models import MPTTModel
from sorl.thumbnail import ImageField
from easy_thumbnails.files import get_thumbnailer
from tastypie.resources import ModelResource
from django_extensions.db.fields import UUIDField
from haystack import indexes
from guardian.shortcuts import assign_perm
from celery.task import task
from ckeditor.fields import RichTextField
from compressor.templatetags import compress
from registration.signals import user_registered
from rest_framework import viewsets
from model_utils import Choices
import reversion
from polymorphic.models import PolymorphicModel
from import_export import resources
from storages.backends.s3boto import S3BotoStorage
from allauth.account.models import EmailAddress
from myapp.models import Thing
from bootstrap3.templatetags import bootstrap3
from social.backends.oauth import BaseOAuth2


class Post(models.Model):
    title = models.CharField(max_length=100)
