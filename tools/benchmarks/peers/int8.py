"""What 8-bit inference on onnxruntime would give a trained network: time beside float32, and the loss of accuracy of its predictions.

    python int8.py MODEL.onnx CALIBRATION.npy IMAGES.npy LABELS.npy [--float-convolutions 2] [--method percentile] [--threads 2]

MODEL is a network of a bundle (input `image`, output `logits`); CALIBRATION and IMAGES are images as the network takes them,
[N, C, H, W] float32; LABELS are the answers of IMAGES, [N, 6], `any` first. Weights are quantized by channel, activations by tensor
(QDQ, uint8); the first convolutions and the last linear layer stay float32. Needs onnx, onnxruntime, scikit-learn.
"""
import argparse
import os
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from sklearn.metrics import log_loss, roc_auc_score

BATCH = 16
LABEL_WEIGHTS = [2, 1, 1, 1, 1, 1]
METHODS = {"minmax": CalibrationMethod.MinMax, "percentile": CalibrationMethod.Percentile}


def batches(images):
    return [{"image": images[i : i + BATCH]} for i in range(0, len(images), BATCH)]


class Reader(CalibrationDataReader):
    def __init__(self, images):
        self.rest = iter(batches(images))

    def get_next(self):
        return next(self.rest, None)


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def quantize(model, calibration, convolutions, method, folder):
    prepared, result = os.path.join(folder, "prepared.onnx"), os.path.join(folder, "int8.onnx")
    quant_pre_process(model, prepared, skip_symbolic_shape=True)
    nodes = onnx.load(prepared).graph.node
    kept = [node.name for node in nodes if node.op_type == "Conv"][:convolutions]
    kept += [node.name for node in nodes if node.op_type in ("Gemm", "MatMul")]
    quantize_static(
        prepared,
        result,
        Reader(calibration),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        weight_type=QuantType.QInt8,
        activation_type=QuantType.QUInt8,
        nodes_to_exclude=kept,
        calibrate_method=METHODS[method],
    )
    return result


def probabilities(network, images):
    logits = np.concatenate([network.run(["logits"], batch)[0] for batch in batches(images)])
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def accuracy(found, labels):
    columns = range(labels.shape[1])
    losses = [log_loss(labels[:, c], np.clip(found[:, c], 1e-7, 1 - 1e-7), labels=[0, 1]) for c in columns]
    areas = [roc_auc_score(labels[:, c], found[:, c]) for c in columns]
    return f"weighted log loss {np.average(losses, weights=LABEL_WEIGHTS):.4f}, mean AUC {np.mean(areas):.4f}"


def times(networks, channels, size, rounds=7):
    """Median milliseconds of one batch of 8, the networks in turn."""
    image = np.random.default_rng(0).random((8, channels, size, size), dtype=np.float32)
    found = {name: [] for name in networks}
    for round in range(rounds + 1):
        for name, network in networks.items():
            start = time.perf_counter()
            network.run(["logits"], {"image": image})
            if round > 0:
                found[name].append(1000 * (time.perf_counter() - start))
            time.sleep(0.06)
    return {name: np.median(values) for name, values in found.items()}


def main():
    parser = argparse.ArgumentParser()
    for name in ("model", "calibration", "images", "labels"):
        parser.add_argument(name)
    parser.add_argument("--float-convolutions", type=int, default=2)
    parser.add_argument("--method", choices=METHODS, default="percentile")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    calibration, images, labels = (np.load(path) for path in (options.calibration, options.images, options.labels))
    with tempfile.TemporaryDirectory() as folder:
        quantized = quantize(options.model, calibration, options.float_convolutions, options.method, folder)
        networks = {name: session(path, options.threads) for name, path in (("float32", options.model), ("int8", quantized))}
        found = {name: probabilities(network, images) for name, network in networks.items()}
        for name, path in (("float32", options.model), ("int8", quantized)):
            print(f"{name}: {accuracy(found[name], labels)}, {os.path.getsize(path) / 1e6:.0f} MB")
        changes = np.abs(found["int8"] - found["float32"])
        print(f"change of the probabilities: mean {changes.mean():.4f}, largest {changes.max():.3f}")
        for size in (128, 224):
            both = times(networks, images.shape[1], size)
            ratio = both["float32"] / both["int8"]
            print(f"{size} x {size}: float32 {both['float32']:.1f} ms, int8 {both['int8']:.1f} ms, {ratio:.2f} times as fast")


main()
