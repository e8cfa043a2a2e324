"""What the tensorboard package reads of all runs below a folder, as JSON: python read_events.py FOLDER"""

import glob
import json
import os
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
from tensorboard.util import tensor_util

everything = {"scalars": 0, "tensors": 0, "images": 0}


def curves(run):
    tags = run.Tags()
    found = {tag: ["%d %.9g" % (e.step, e.value) for e in run.Scalars(tag)] for tag in tags["scalars"]}
    for tag in tags["images"]:
        found[tag] = [str(event.step) for event in run.Images(tag)]
    for tag in tags["tensors"]:
        found[tag] = [str(event.step) for event in run.Tensors(tag)]
    return found


def pictures(run):
    """Width and height as TensorBoard was told, and as the PNG says."""
    found = []
    for tag in run.Tags()["images"]:
        for event in run.Images(tag):
            data = event.encoded_image_string
            assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
            found.append([event.width, event.height, *struct.unpack(">II", data[16:24])])
    return found


def texts(run):
    return [
        tensor_util.make_ndarray(event.tensor_proto).item().decode()
        for tag in run.Tags()["tensors"]
        if run.SummaryMetadata(tag).plugin_data.plugin_name == "text"
        for event in run.Tensors(tag)
    ]


def hyperparameters(run):
    if metadata.SESSION_START_INFO_TAG not in run.Tags()["tensors"]:
        return None
    content = run.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    values = metadata.parse_session_start_info_plugin_data(content).hparams
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in values.items()}


root = sys.argv[1]
folders = {os.path.dirname(path) for path in glob.glob(os.path.join(root, "**", "events.out.tfevents.*"), recursive=True)}
runs = {}
for folder in sorted(folders):
    run = EventAccumulator(folder, size_guidance=everything)
    run.Reload()
    runs[os.path.relpath(folder, root)] = {
        "curves": curves(run),
        "pictures": pictures(run),
        "texts": texts(run),
        "hyperparameters": hyperparameters(run),
    }
print(json.dumps(runs))
