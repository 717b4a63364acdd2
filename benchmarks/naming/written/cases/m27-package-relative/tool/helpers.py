from unidecode import unidecode
import inflect

def slug(t):
    return unidecode(t)
