"""The peers' side of the engine benchmark (PyTorch, OpenVINO): reads one JSON command a line, answers with one JSON line.

    {"command": "open", "id": "xception", "mode": "train" | "infer", "batch": 8, "size": 128, "threads": 2,
     "variant": "eager" | "channels-last" | "compiled" | "bf16" | "openvino" | "openvino-int8"}
    {"command": "run"}       one training step or one inference: {"milliseconds": ..., "processorMilliseconds": ...}
    {"command": "resize", "size": 512}
    {"command": "memory"}    {"bytes": peak resident set}
    {"command": "peak", "threads": 2}   {"gigaflops": {NAME: GFLOP/s in float32, ...}}
    {"command": "check", "fixture": PATH}   {"deviation": ...} of the evaluation logits of a parity fixture
"""
import json
import math
import resource
import sys
import time

import torch
from torch.nn import functional as F

from engine_networks import NETWORKS
from fixture_tensor import fixture_tensor


def check(path):
    fixture = json.load(open(path))
    network = NETWORKS[fixture["backbone"]]()
    state = {}
    for name, shape, kind in fixture["parameters"]:
        fan = math.prod(shape[1:])
        bound = {"conv": fixture["convGain"] * math.sqrt(6 / fan), "linear": math.sqrt(3 / fan)}.get(kind, 0.1)
        value = (lambda u: 0.5 + u) if kind in ("gamma", "runningVar") else (lambda u: (2 * u - 1) * bound)
        state[name] = fixture_tensor(name, shape, value)
    if fixture["backbone"].startswith("densenet"):
        state = {name.replace("last_linear", "classifier"): value for name, value in state.items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    network.eval()
    image = fixture_tensor("input", fixture["inputShape"], lambda u: 2 * u - 1)
    with torch.no_grad():
        logits = network(image)
    expected = torch.tensor(fixture["expected"]["logits"], dtype=torch.float64)
    return ((logits.double() - expected).abs().max() / expected.abs().max()).item()


def timed(action):
    start, processor = time.perf_counter(), time.process_time()
    action()
    elapsed = (time.perf_counter() - start) * 1000
    return {"milliseconds": elapsed, "processorMilliseconds": (time.process_time() - processor) * 1000}


def peaks(threads):
    """What the threads can do in float32: the fastest of some runs, multiplications and additions counted apart. Matrices go to MKL, convolutions to oneDNN."""
    torch.set_num_threads(threads)
    left, right = torch.rand(2048, 2048), torch.rand(2048, 2048)
    image = torch.rand(8, 256, 32, 32).contiguous(memory_format=torch.channels_last)
    weight = torch.rand(256, 256, 3, 3).contiguous(memory_format=torch.channels_last)

    def gigaflops(action, operations):
        times = []
        with torch.inference_mode():
            # As on Ichor's side.
            while len(times) < 3 or sum(times) < 1500:
                times.append(timed(action)["milliseconds"])
        return operations / (1e6 * min(times))

    return {
        "matrix product": gigaflops(lambda: left @ right, 2 * 2048**3),
        "convolution": gigaflops(lambda: F.conv2d(image, weight, padding=1), 2 * image.numel() * 256 * 9),
    }


class TorchSession:
    """PyTorch, on the CPU or (`cuda`, `cuda-bf16`) on the first CUDA device. `compiled` and `bf16` (autocast) keep the layout channels_last, which is the faster one for both."""

    def __init__(self, id, mode, batch, size, threads, variant):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self.batch = batch
        self.training = mode == "train"
        self.layout = torch.contiguous_format if variant == "eager" else torch.channels_last
        self.autocast = variant.endswith("bf16")
        self.device = torch.device("cuda" if variant.startswith("cuda") else "cpu")
        where = f" on {torch.cuda.get_device_name()}" if self.device.type == "cuda" else ""
        self.version = f"PyTorch {torch.__version__}{where}"
        self.network = NETWORKS[id]().train(self.training).to(self.device, memory_format=self.layout)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-4) if self.training else None
        self.forward = torch.compile(self.network) if variant == "compiled" else self.network
        self.resize(size)
        self.targets = torch.randint(0, 2, (batch, 6)).float()
        self.weights = torch.tensor([2.0, 1, 1, 1, 1, 1], device=self.device)

    def resize(self, size):
        self.image = (torch.rand(self.batch, 3, size, size) * 2 - 1).contiguous(memory_format=self.layout)

    def step(self):
        # The batch comes from the memory of the host in every step, as in a real training.
        image = self.image.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.autocast):
            if not self.training:
                with torch.inference_mode():
                    self.forward(image).sum().item()
                return
            logits = self.forward(image)
        self.optimizer.zero_grad(set_to_none=True)
        targets = self.targets.to(self.device)
        loss = F.binary_cross_entropy_with_logits(logits.float(), targets, self.weights)
        loss.backward()
        self.optimizer.step()
        # Waits for the device.
        loss.item()

    def run(self):
        return timed(self.step)


CALIBRATION_BATCHES = 4


def in_eight_bits(model, shape):
    """Post-training quantization as NNCF's documentation has it, of weights and values, with random images: the time does not depend on them."""
    import nncf

    images = [(torch.rand(*shape) * 2 - 1).numpy() for _ in range(CALIBRATION_BATCHES)]
    return nncf.quantize(model, nncf.Dataset(images), subset_size=CALIBRATION_BATCHES), f"NNCF {nncf.__version__}"


class OpenVinoSession:
    """OpenVINO on the processor, tuned for the time of one batch, in float32 or (`openvino-int8`) in 8 bits with the rest in float32."""

    def __init__(self, id, mode, batch, size, threads, variant):
        import openvino

        assert mode == "infer", "OpenVINO does not train"
        self.version = f"OpenVINO {openvino.__version__.split('-')[0]}"
        self.batch = batch
        torch.manual_seed(0)
        network = NETWORKS[id]().eval()
        example = torch.zeros(batch, 3, size, size)
        with torch.no_grad():
            model = openvino.convert_model(network, example_input=example, input=[-1, 3, -1, -1])
        if variant == "openvino-int8":
            shape = [batch, 3, size, size]
            model, by = in_eight_bits(self.shaped(model, shape), shape)
            self.version += f" with {by}"
        self.compile = lambda shape: openvino.Core().compile_model(
            self.shaped(model, shape),
            "CPU",
            {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"},
        )
        self.resize(size)

    @staticmethod
    def shaped(model, shape):
        model.reshape(shape)
        return model

    def resize(self, size):
        shape = [self.batch, 3, size, size]
        self.image = (torch.rand(*shape) * 2 - 1).numpy()
        self.request = self.compile(shape).create_infer_request()

    def run(self):
        return timed(lambda: self.request.infer([self.image]))


def main():
    session = None
    # NNCF prints its progress, which must not be among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        if command == "open":
            start = time.perf_counter()
            try:
                session = (OpenVinoSession if request["variant"].startswith("openvino") else TorchSession)(**request)
            except Exception as error:
                # A library or a device that this machine lacks: the reason in one line.
                print(json.dumps({"error": str(error).splitlines()[0]}), file=answers, flush=True)
                continue
            answer = {"milliseconds": (time.perf_counter() - start) * 1000, "version": session.version}
        elif command == "run":
            answer = session.run()
        elif command == "resize":
            session.resize(request["size"])
            answer = {}
        elif command == "memory":
            answer = {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        elif command == "peak":
            answer = {"gigaflops": peaks(request["threads"])}
        elif command == "check":
            answer = {"deviation": check(request["fixture"])}
        else:
            answer = {"error": f"unknown command {command}"}
        print(json.dumps(answer), file=answers, flush=True)


main()
