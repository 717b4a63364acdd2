"""Paint a poster: a night sky with a skyline, from nothing but random numbers."""

import random
import sys

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 900, 600


def sky() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT))
    paint = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        share = y / HEIGHT
        paint.line([(0, y), (WIDTH, y)], fill=(int(10 + 60 * share), int(14 + 30 * share), int(40 + 70 * share)))
    for _ in range(400):
        x, y, light = random.randrange(WIDTH), random.randrange(HEIGHT * 2 // 3), random.randrange(120, 255)
        paint.point((x, y), fill=(light, light, light))
    paint.ellipse((680, 70, 770, 160), fill=(240, 235, 210))
    return image.filter(ImageFilter.GaussianBlur(0.6))


def skyline(image: Image.Image) -> None:
    paint = ImageDraw.Draw(image)
    x = 0
    while x < WIDTH:
        width, height = random.randrange(40, 90), random.randrange(120, 320)
        paint.rectangle((x, HEIGHT - height, x + width, HEIGHT), fill=(16, 16, 26))
        for window_y in range(HEIGHT - height + 12, HEIGHT - 10, 18):
            for window_x in range(x + 8, x + width - 8, 14):
                if random.random() < 0.35:
                    paint.rectangle((window_x, window_y, window_x + 5, window_y + 8), fill=(250, 214, 120))
        x += width + random.randrange(2, 14)


random.seed(4)
picture = sky()
skyline(picture)
out = sys.argv[1] if len(sys.argv) > 1 else "poster.png"
picture.save(out)
print(f"{out}: {picture.width} × {picture.height}")
