"""The input of one slice the usual Python way: pydicom, NumPy, OpenCV. Run by src/input-pipeline.ts.

Reads JSON from standard input: files, size, and for each slice what is to be done to it. Writes JSON: for each way the
seconds of processor time a slice on one thread, and the mean absolute value of all pictures.
"""
import json
import sys
import time

import cv2
import numpy as np
import pydicom

cv2.setNumThreads(1)
WINDOWS = ((40, 80), (80, 200), (40, 380))


def window_masks(image, center, width):
    low, high = center - width // 2, center + width // 2
    image = image.copy()
    image[image < low] = low
    image[image > high] = high
    return (image - low) / width


def original(path):
    """float64, a copy and two masks for each window."""
    file = pydicom.dcmread(path)
    image = file.pixel_array * file.RescaleSlope + file.RescaleIntercept
    planes = [window_masks(image, *window) for window in WINDOWS]
    return np.array([plane - plane.mean() for plane in planes]).transpose(1, 2, 0)


def tuned(path):
    """float32 and np.clip throughout."""
    file = pydicom.dcmread(path)
    image = file.pixel_array.astype(np.float32)
    image *= np.float32(file.RescaleSlope)
    image += np.float32(file.RescaleIntercept)
    result = np.empty((*image.shape, 3), np.float32)
    for channel, (center, width) in enumerate(WINDOWS):
        low = center - width // 2
        plane = np.clip(image, low, center + width // 2)
        plane -= low
        plane *= np.float32(1 / width)
        plane -= plane.mean()
        result[..., channel] = plane
    return result


def augment(image, size, work):
    crop = work["crop"]
    top, left = crop["top"], crop["left"]
    image = image[top:top + crop["rows"], left:left + crop["columns"]]
    image = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
    if work["flip"]:
        image = cv2.flip(image, 1)
    if work["angle"]:
        matrix = cv2.getRotationMatrix2D((size / 2, size / 2), work["angle"], 1.0)
        image = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    if work["gain"] != 1:
        image = image * image.dtype.type(work["gain"]) + image.dtype.type(work["offset"])
    return np.ascontiguousarray(image.transpose(2, 0, 1), dtype=np.float32)


def measure(read, job):
    total = 0.0
    for path in job["files"][:5]:
        read(path)
    start = time.process_time()
    pictures = []
    for path, work in zip(job["files"], job["work"]):
        picture = augment(read(path), job["size"], work)
        pictures.append(picture[:, ::64, ::64].copy())
    seconds = (time.process_time() - start) / len(job["files"])
    for picture in pictures:
        total += float(np.abs(picture).mean())
    return {"seconds": seconds, "checksum": total / len(pictures)}


job = json.load(sys.stdin)
json.dump({"original": measure(original, job), "tuned": measure(tuned, job)}, sys.stdout)
