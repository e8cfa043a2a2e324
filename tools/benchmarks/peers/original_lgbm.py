"""Runs the original's lgbm_first_stacking.py on features that Ichor made, and prints the log loss of each fold and label.

    original_lgbm.py ORIGINAL FOLDER [SEED]

FOLDER holds x.f32 (slices x columns) and meta.json (`names` of the columns, `labels`, and per slice `ids`, `fold`, and for each
label `y`). Needs lightgbm, pandas, scikit-learn, tqdm. The script of the original runs unchanged; LightGBM 4 takes its early
stopping as a callback. SEED: of the columns that trees draw; the script itself sets none (Ichor: 0).
"""

import json
import os
import pathlib
import pickle
import runpy
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd

original, folder = (pathlib.Path(one).resolve() for one in sys.argv[1:3])
seed = {"seed": int(sys.argv[3])} if len(sys.argv) > 3 else {}
meta = json.loads((folder / "meta.json").read_text())
columns = [f"f{i}" for i in range(len(meta["names"]))]
features = np.fromfile(folder / "x.f32", dtype=np.float32).reshape(-1, len(columns))
train = pd.DataFrame(features, columns=columns).assign(ID=meta["ids"], folds=meta["fold"])
for label, y in zip(meta["labels"], meta["y"]):
    train[label] = y
test = train.iloc[:20][["ID"] + columns]

os.chdir(folder)
made = pathlib.Path("intermediate_output")
for name in ("preprocessed_data", "agged_feats_for_first_stacking_sugawara", "model_base"):
    (made / name).mkdir(parents=True, exist_ok=True)


def dump(value, path):
    with open(made / path, "wb") as file:
        pickle.dump(value, file)


for name in ("train", "test"):
    dump(pd.DataFrame({"ID": ["unused"]}), f"preprocessed_data/{name}_raw.pkl")
dump([test] * 5, "agged_feats_for_first_stacking_sugawara/test_stackfeats.pickle")
dump(train, "agged_feats_for_first_stacking_sugawara/train_stackfeats.pickle")
for fold in range(5):
    passes = [{"ids": test.ID.values, "outputs": np.zeros((len(test), 6))} for _ in range(5)]
    dump(passes, f"model_base/fold{fold}_test.pkl")

grow = lgb.train


def as_before(params, train_set, rounds, valid_sets, verbose_eval, early_stopping_rounds):
    stop = lgb.early_stopping(early_stopping_rounds, verbose=False)
    return grow({**params, **seed, "num_threads": 1}, train_set, rounds, valid_sets=valid_sets, callbacks=[stop])


lgb.train = as_before
runpy.run_path(str(original / "models" / "first_stacking" / "lgbm_first_stacking.py"), run_name="__main__")

by_id = train.set_index("ID")
losses = []
with open(made / "stacking1_lgbm" / "pred_valid.pkl", "rb") as file:
    for fold, (ids, predicted) in enumerate(pickle.load(file)):
        truth = by_id.loc[ids.values]
        for label in meta["labels"]:
            p = np.clip(predicted[f"{label}_pred"].values, 1e-15, 1 - 1e-15)
            y = truth[label].values
            loss = float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
            losses.append({"fold": fold, "label": label, "loss": loss})
print(json.dumps({"lightgbm": lgb.__version__, "losses": losses}))
