import tweepy
import sys
import simplejson as json
from textblob import TextBlob
from keys import consumer_key, consumer_secret
import oauth2 as oauth
import bitly_api
import twitter

auth = tweepy.OAuthHandler(consumer_key, consumer_secret)
api = tweepy.API(auth)
for t in tweepy.Cursor(api.search, q="#python").items(10):
    print(TextBlob(t.text).sentiment)
