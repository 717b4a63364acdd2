import pexpect
import nltk
from nltk.corpus import stopwords
import enchant
from sklearn.cross_validation import train_test_split
from sklearn.feature_extraction.text import TfidfVectorizer
import gensim
from pattern.en import parse
import networkx as nx
import pydotplus
import theano.tensor as T
import lasagne
from keras.models import Sequential
import pandas.io.data as web
import pandas as pd
import mlpy
import hmmlearn

d = enchant.Dict("en_US")
print(d.check("hello"), stopwords.words("english"))
