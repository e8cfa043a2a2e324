"""Training steps of the sequence model in PyTorch: `sequence.py CONFIG`, CONFIG as sequence-speed.ts writes it (JSON).

Prints {"milliseconds": [one a step], "peakMiB": of the process}.
"""

import json
import resource
import sys
import time

import torch
from torch import nn

config = json.loads(sys.argv[1])
torch.set_num_threads(config["threads"])
torch.manual_seed(0)
N, T, C, W, H = (config[key] for key in ("batch", "slices", "columns", "width", "hidden"))
A, LAYERS, CLASSES = config["attention"], config["layers"], 6


class Attend(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.look, self.score = nn.Linear(features, A), nn.Linear(A, CLASSES)
        self.answer = nn.Linear(features, CLASSES)

    def forward(self, x):
        # All series of this comparison fill the batch: the mask is all ones.
        weights = torch.softmax(self.score(torch.tanh(self.look(x))), dim=1)
        return (weights * self.answer(x)).sum(1)


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.project, self.place, self.norm = nn.Linear(C, W), nn.Linear(4, W), nn.LayerNorm(W)
        self.networks, self.score = nn.Linear(CLASSES, CLASSES), nn.Linear(CLASSES, CLASSES)
        self.rnn = nn.GRU(W, H, LAYERS, batch_first=True, bidirectional=True, dropout=0.2)
        self.slices = nn.Linear(2 * H, CLASSES)
        self.study, self.instances = Attend(2 * H), Attend(W)

    def forward(self, x, place, networks, score):
        x = x + 0.05 * torch.randn_like(x)
        x = x * (torch.rand(N, T, 1) > 0.05)
        x = self.norm(nn.functional.gelu(self.project(x) + self.place(place)))
        states = nn.functional.dropout(self.rnn(nn.functional.dropout(x, 0.2))[0], 0.2)
        slices = self.networks(networks) + self.slices(states)
        study = self.score(score) + self.study(states)
        return torch.cat([slices.flatten(1), study, self.instances(x)], 1)


model = Sequence()
optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=1e-2)
inputs = [torch.randn(N, T, C), torch.rand(N, T, 4), torch.randn(N, T, CLASSES), torch.randn(N, CLASSES)]
targets = (torch.rand(N, (T + 2) * CLASSES) > 0.9).float()
weights = torch.full_like(targets, 1 / targets.numel())
milliseconds = []
for step in range(config["warmUp"] + config["steps"]):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = nn.functional.binary_cross_entropy_with_logits(model(*inputs), targets, weights, reduction="sum")
    loss.backward()
    optimizer.step()
    if step >= config["warmUp"]:
        milliseconds.append(1000 * (time.perf_counter() - start))
print(json.dumps({"milliseconds": milliseconds, "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
