"""
Computes every table of the preprocessing anew, from the DICOM files and the CSV, with pydicom, numpy, pandas and
CPython's random, and compares them with the Arrow files:

    python3 compare_with_pandas.py ROOT        (needs pydicom, pandas, pyarrow)

ROOT holds input/ and intermediate_output/. Prints one line a table; exit code 1 when one differs.
"""
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pydicom

LABELS = ["any", "epidural", "subdural", "subarachnoid", "intraventricular", "intraparenchymal"]
root = Path(sys.argv[1])
tables = root / "intermediate_output" / "preprocessed_data"
failed = False


def arrow(name):
    with pa.OSFile(str(tables / f"{name}.arrow")) as file:
        return pa.ipc.open_file(file).read_all().to_pandas()


def first_int(value):
    if value is None:
        return np.nan
    return int(value[0]) if isinstance(value, pydicom.multival.MultiValue) else int(value)


def views(prefix, x):
    return {
        f"{prefix}_max": x.max(),
        f"{prefix}_min": x.min(),
        f"{prefix}_mean": x.mean(),
        f"{prefix}_diff": x.max() - x.min(),
    }


def read(path):
    """None for a file that cannot be read."""
    try:
        ds = pydicom.dcmread(path)
        stored = ds.pixel_array.astype(np.int64)
        if stored.ndim != 2:
            return None
        row = {"ID": path.stem}
        for name in ("SOPInstanceUID", "Modality", "StudyID", "PhotometricInterpretation"):
            row[name] = str(ds[name].value) if name in ds and ds[name].value not in (None, "") else None
        for name in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID"):
            row[name] = str(ds[name].value)
        for name in ("SamplesPerPixel", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
            row[name] = int(ds[name].value)
        for name, column, count in (
            ("ImagePositionPatient", "Position", 3),
            ("ImageOrientationPatient", "Orientation", 6),
            ("PixelSpacing", "PixelSpacing", 2),
        ):
            values = ds.get(name)
            for i in range(count):
                row[f"{column}{i + 1}"] = np.nan if values is None else float(values[i])
        slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
        center, width = first_int(ds.get("WindowCenter")), first_int(ds.get("WindowWidth"))
        row.update(RescaleSlope=slope, RescaleIntercept=intercept, WindowCenter=center, WindowWidth=width)
    except Exception:
        return None
    hu = stored * slope + intercept
    row.update(views("raw", stored))
    if np.isnan(center) or np.isnan(width):
        row.update({f"file_window_{k}": np.nan for k in ("max", "min", "mean", "diff")})
    else:
        row.update(views("file_window", np.clip(hu, center - width // 2, center + width // 2)))
    row.update(views("brain", np.clip(hu, 0, 80)))
    if row["PixelRepresentation"] == 0 and intercept >= -100:
        fixed = stored + 1000
        fixed[fixed >= 4096] -= 4096
        hu = fixed * slope - 1000
    row["brain_region_rate"] = ((hu >= 0) & (hu <= 80)).mean()
    return row


def raw_table(folder, listed):
    rows = [read(folder / f"{id}.dcm") for id in listed if (folder / f"{id}.dcm").exists()]
    return pd.DataFrame([row for row in rows if row is not None])


def neighbours(df):
    order = df.sort_values(["Position3", "ID"])
    groups = order.groupby(["StudyInstanceUID", "SeriesInstanceUID"]).labels
    df["LeftLabel"], df["RightLabel"] = groups.shift(1).fillna(""), groups.shift(-1).fillna("")
    return df


def dataset(raw, test=False):
    df = raw[(raw.brain_diff > 60) & raw.Position3.notna()].copy()
    ranks = df.groupby(["StudyInstanceUID", "SeriesInstanceUID"]).Position3
    df["PositionOrd"] = ranks.rank() / ranks.transform("count")
    df = neighbours(df).sort_values("ID").reset_index(drop=True)
    for label in LABELS:
        df[f"target_{label}"] = np.nan if test else df.labels.str.split().map(lambda l: float(label in l))
    return df


def folds_of(df, listed, seed=10, folds=5):
    lists = df.ID.map(listed)
    total = Counter(label for labels in lists for label in labels)
    per_patient = lists.groupby(df.PatientID).sum()
    counts = [Counter() for _ in range(folds)]
    result = {}
    random.seed(seed)
    for patient in sorted(per_patient.index):
        labels = per_patient[patient] or [""]
        rarest = min(labels, key=lambda label: total[label])
        fewest = min(c[rarest] for c in counts)
        fold = random.choice([i for i, c in enumerate(counts) if c[rarest] == fewest])
        counts[fold].update(labels)
        result[patient] = fold
    return df.PatientID.map(result)


def soft(df):
    df = df.copy()
    for _, stack in df.sort_values(["Position3", "ID"]).groupby(["StudyInstanceUID", "SeriesInstanceUID"], sort=False):
        for label in LABELS:
            hits = np.flatnonzero(stack[f"target_{label}"] == 1)
            if len(hits):
                inside = stack.iloc[hits[0] : hits[-1] + 1]
                df.loc[inside.index[inside[f"target_{label}"] != 1], f"target_{label}"] = 0.3
    return df


def smooth(df):
    order = df.sort_values(["StudyInstanceUID", "SeriesInstanceUID", "PositionOrd", "ID"])
    for label in LABELS:
        rolled = order.groupby(["StudyInstanceUID", "SeriesInstanceUID"])[f"target_{label}"].rolling(
            3, center=True, min_periods=1
        )
        df[f"smooth_{label}"] = rolled.mean().reset_index(level=[0, 1], drop=True)
    return df


def compare(name, want, got_columns=None):
    global failed
    got = arrow(name).sort_values("ID").reset_index(drop=True)
    want = want.sort_values("ID").reset_index(drop=True)
    columns = [c for c in got.columns if c in want.columns]
    extra = [c for c in got.columns if c not in want.columns and c not in ("OtherAttributes",)]
    problems = [f"not compared: {extra}"] if extra else []
    worst = 0.0
    if len(got) != len(want):
        problems.append(f"{len(got)} rows, expected {len(want)}")
    else:
        for column in columns:
            a, b = got[column], want[column]
            if pd.api.types.is_numeric_dtype(a):
                a, b = a.to_numpy(float), b.to_numpy(float)
                # Targets are float32: 24 bits. All else is float64.
                tolerance = 1e-7 if column.startswith(("target", "smooth")) else 1e-12
                error = np.nanmax(np.append(np.abs(a - b) / np.maximum(1, np.abs(b)), 0))
                worst = max(worst, error)
                if (np.isnan(a) != np.isnan(b)).any() or error > tolerance:
                    problems.append(f"{column}: up to {error:.3g}")
            else:
                a, b = a.where(a.notna(), None), b.where(b.notna(), None)
                if (a != b).sum() - (a.isna() & b.isna()).sum() > 0:
                    problems.append(f"{column}: {(a != b).sum()} rows")
    failed = failed or bool(problems)
    print(f"{name}: {len(got)} rows, {len(columns)} columns, largest relative difference {worst:.2g}", *problems or ["equal"], sep="; ")


csv = pd.read_csv(root / "input" / "stage_2_train.csv")
csv[["slice", "label"]] = csv.ID.str.extract(r"^(ID_[0-9a-f]+)_(\w+)$")
positive = csv[csv.Label == 1]
ids = [id for id in csv.slice.dropna().unique() if id != "ID_6431af929"]
listed = {id: [] for id in ids}
for id, label in zip(positive.slice, positive.label):
    listed[id].append(label)

train_raw = raw_table(root / "input" / "stage_2_train_images", ids)
unique = train_raw.ID.map(lambda id: list(dict.fromkeys(listed[id])))
train_raw["labels"], train_raw["num_labels"] = unique.str.join(" "), unique.str.len()
test_folder = root / "input" / "stage_2_test_images"
test_raw = raw_table(test_folder, [path.stem for path in test_folder.glob("*.dcm")])
test_raw["labels"], test_raw["num_labels"] = "", 0

train = dataset(train_raw)
test = dataset(test_raw, test=True)
folds = train.assign(fold=folds_of(train, listed))
for suffix in ("", "_senet154_customlabels"):
    custom = soft if suffix else lambda df: df
    compare(f"train_raw{suffix}", train_raw)
    compare(f"train{suffix}", custom(train))
    compare(f"train_folds{suffix}", custom(folds))
    compare(f"test_raw{suffix}", test_raw)
    compare(f"test{suffix}", test)
compare("train_fold_with_label_smooth", smooth(folds))
sys.exit(failed)
