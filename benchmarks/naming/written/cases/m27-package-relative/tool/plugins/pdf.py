from fpdf import FPDF
from reportlab.lib import pagesizes
