"""A little of every namespace."""
from ruamel.yaml import YAML
from zope.interface import Interface, implementer
import zope.component
from jaraco.functools import retry
from jaraco.text import FoldedCase
from backports.cached_property import cached_property
import backports.zoneinfo
from sphinxcontrib.mermaid import mermaid
from paste.deploy import loadapp
from repoze.lru import lru_cache
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
import flask
import ruamel.yaml.comments

yaml = YAML()


class IThing(Interface):
    pass


@implementer(IThing)
class Thing:
    @cached_property
    def name(self):
        return FoldedCase("Thing")


@retry(retries=2, trap=Exception)
@lru_cache(10)
def load():
    return loadapp("config:app.ini")


trace.set_tracer_provider(TracerProvider())
FlaskInstrumentor().instrument_app(flask.Flask(__name__))
print(zope.component.getUtility(IThing), OTLPSpanExporter, mermaid, backports.zoneinfo.ZoneInfo("UTC"))
