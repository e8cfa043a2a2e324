"""Reads every slice of a folder the way of pydicom and numpy: all attributes, then max, min, mean and range of the
stored values, of the file's own window and of the brain window. Prints JSON: seconds of each round, and the figures.

python3 dicom.py FOLDER ROUNDS
"""
import glob
import json
import sys
import time

import numpy as np
import pydicom


def clamp(image, center, width):
    image = image.copy()
    low, high = center - width // 2, center + width // 2
    image[image < low] = low
    image[image > high] = high
    return image


def figures(image):
    return [float(image.max()), float(image.min()), float(image.mean()), float(image.max() - image.min())]


def first(value):
    return int(value[0] if isinstance(value, pydicom.multival.MultiValue) else value)


def read(path):
    d = pydicom.dcmread(path)
    record = {name: getattr(d, name) for name in d.dir() if name != "PixelData"}
    stored = d.pixel_array
    units = stored * d.RescaleSlope + d.RescaleIntercept
    own = clamp(units, first(d.WindowCenter), first(d.WindowWidth))
    return len(record), figures(stored) + figures(own) + figures(clamp(units, 40, 80))


paths = sorted(glob.glob(f"{sys.argv[1]}/*.dcm"))
seconds = []
for _ in range(int(sys.argv[2]) + 1):
    start = time.perf_counter()
    rows = [read(path) for path in paths]
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds[1:], "attributes": [r[0] for r in rows], "figures": [r[1] for r in rows]}))
