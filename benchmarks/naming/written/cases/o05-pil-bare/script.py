import Image, ImageDraw, ImageFont
import sys
import os

im = Image.open(sys.argv[1])
draw = ImageDraw.Draw(im)
draw.text((0, 0), "x", font=ImageFont.load_default())
im.save("out.png")
