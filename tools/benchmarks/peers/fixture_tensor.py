"""The made-up numbers of parity fixtures: the same here, in the fixtures and in the parity tool."""
import math

import torch


def fixture_tensor(name, shape, to_value):
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    mask = 0xFFFFFFFF
    z = (h + torch.arange(math.prod(shape), dtype=torch.int64) * 0x9E3779B9) & mask

    def times(value, factor):
        # 32 x 32 bits in two halves: int64 would overflow its sign.
        low, high = value & 0xFFFF, value >> 16
        return (low * factor + (((high * factor) & 0xFFFF) << 16)) & mask

    z = times(z ^ (z >> 16), 0x85EBCA6B)
    z = times(z ^ (z >> 13), 0xC2B2AE35)
    u = (z ^ (z >> 16)).double() / 2**32
    return to_value(u).float().reshape(shape)
