"""Features of section 5.1 by pandas, as the original computes them: groupby and rolling, model by model.

Arguments: folder, slices, models. The folder holds predictions.f32 (models x 6 labels x slices), study.txt and
patient.txt (one name a slice, studies together and in order). Writes the columns of the first model to pandas.f32 and
prints the seconds that all models took.
"""

import json
import sys
import time

import numpy as np
import pandas as pd

folder, slices, models = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
labels = ["any", "epidural", "subdural", "subarachnoid", "intraventricular", "intraparenchymal"]
predictions = np.fromfile(f"{folder}/predictions.f32", dtype=np.float32).reshape(models, 6, slices)
study = [line.rstrip("\n") for line in open(f"{folder}/study.txt")]
patient = [line.rstrip("\n") for line in open(f"{folder}/patient.txt")]


def features(of_model):
    frame = pd.DataFrame(of_model.T.astype(np.float64), columns=labels)
    frame["study"] = study
    frame["patient"] = patient
    parts = {"prediction": frame[labels]}
    for key in ("study", "patient"):
        stats = frame.groupby(key)[labels].agg(["min", "max", "mean", "std"])
        for name in ("min", "max", "mean", "std"):
            table = stats.xs(name, axis=1, level=1)
            parts[f"{key}-{name}"] = frame[[key]].merge(table, left_on=key, right_index=True, how="left")[labels]
    p, mean, std = frame[labels], parts["study-mean"], parts["study-std"]
    parts["minus-mean"] = p - mean
    parts["over-mean"] = p / mean
    parts["standard-score"] = (p - mean) / std
    groups = frame.groupby("study")[labels]
    for name in ("mean", "min", "max", "std"):
        for window in (3, 5, 7, 9):
            rolled = getattr(groups.rolling(window, min_periods=1, center=True), name)()
            parts[f"rolling-{name}-{window}"] = pd.DataFrame(rolled.values, columns=labels)
    for window in (3, 5):
        rolled = parts[f"rolling-mean-{window}"]
        parts[f"rolling-mean-{window}-minus-prediction"] = rolled - p
        parts[f"rolling-mean-{window}-over-prediction"] = rolled / p
    return parts


seconds = cpu_seconds = 0.0
for model in range(models):
    start, cpu_start = time.perf_counter(), time.process_time()
    parts = features(predictions[model])
    seconds += time.perf_counter() - start
    cpu_seconds += time.process_time() - cpu_start
    if model == 0:
        names = list(parts)
        np.stack([parts[name].values.T for name in names]).astype(np.float32).tofile(f"{folder}/pandas.f32")

print(json.dumps({"names": names, "seconds": seconds, "cpuSeconds": cpu_seconds, "pandas": pd.__version__}))
