"""Trains model_base of the original with its own code, on the CPU, on slices that Ichor has preprocessed.

    original_cnn.py ORIGINAL ROOT --size 64 --learning-rate 3e-4 --seed 1 [--fold 0]

ORIGINAL: a checkout of shimacos37/kaggle-rsna-2019-10th-solution. ROOT: input/ and the tables of preprocessing. Needs torch,
pandas, pyarrow, pydicom, scikit-learn, opencv-python-headless, addict, six, pretrainedmodels and albumentations 0.4.6.
Its code runs unchanged; around it: no GPU (`cuda` does nothing, apex and imgaug are stubs), and the float32 that NumPy 1
made of int16 times float64. Ichor's side of the comparison, with the same settings:

    ICHOR_ROOT=ROOT train --app apps/model-base --image-size 64 --pretrained none --output-bias random --learning-rate 3e-4
"""

import argparse
import os
import pathlib
import runpy
import sys
import types
from unittest.mock import MagicMock

import numpy as np
import pyarrow as pa
import torch

parser = argparse.ArgumentParser()
parser.add_argument("original", type=pathlib.Path)
parser.add_argument("root", type=pathlib.Path)
parser.add_argument("--size", type=int, default=64)
parser.add_argument("--learning-rate", type=float, default=6e-5)
parser.add_argument("--seed", type=int, default=20)
parser.add_argument("--fold", type=int, default=0)
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()
model = options.original.resolve() / "models" / "base_cnn" / "model_base"
root = options.root.resolve()
work = root / "intermediate_output" / f"original-seed{options.seed}"
work.mkdir(parents=True, exist_ok=True)

table = root / "intermediate_output" / "preprocessed_data" / "train_folds.arrow"
pa.ipc.open_file(table).read_all().to_pandas().to_pickle(work / "train_folds.pkl")

settings = (model / "conf" / "model.py").read_text()
for theirs, ours in {
    '"./intermediate_output/model_base"': repr(str(work)),
    "seed = 20": f"seed = {options.seed}",
    "apex = True": "apex = False",
    "num_workers = 8": "num_workers = 0",
    "(512, 512)": f"({options.size}, {options.size})",
    "lr=6e-5": f"lr={options.learning_rate}",
    'pretrained="imagenet"': "pretrained=None",
    '"./intermediate_output/preprocessed_data/train_folds.pkl"': repr(str(work / "train_folds.pkl")),
    '"./input/stage_2_train_images"': repr(str(root / "input" / "stage_2_train_images")),
}.items():
    if theirs not in settings:
        sys.exit(f"{model / 'conf' / 'model.py'} lacks {theirs}: another version of the original")
    settings = settings.replace(theirs, ours)
configuration = work / f"seed{options.seed}.py"
configuration.write_text(settings)

torch.set_num_threads(options.threads)
torch.Tensor.cuda = lambda self, *_, **__: self
torch.nn.Module.cuda = lambda self, *_, **__: self
torch.cuda.set_device = lambda *_: None
apex = types.ModuleType("apex")
apex.amp = types.ModuleType("apex.amp")
sys.modules.update({"apex": apex, "apex.amp": apex.amp, "imgaug": MagicMock(), "imgaug.augmenters": MagicMock()})
# Names that NumPy 2 no longer has.
for name, kind in {"bool": bool, "int": int, "float": float, "object": object}.items():
    if name not in np.__dict__:
        setattr(np, name, kind)

os.chdir(root)
sys.path.insert(0, str(model))
from src.utils import misc  # noqa: E402

rescale = misc.rescale_image
misc.rescale_image = lambda image, slope, intercept: rescale(image, slope, intercept).astype(np.float32)
sys.argv = ["main", "train", str(configuration), "--fold", str(options.fold)]
runpy.run_module("src.cnn.main", run_name="__main__")
