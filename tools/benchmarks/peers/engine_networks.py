"""The networks of the engine benchmark as PyTorch modules, with the parameter names of the published weights."""
import math

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import densenet201 as torchvision_densenet201


class SqueezeExcite(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(F.adaptive_avg_pool2d(x, 1)), inplace=True)))


class SeBottleneck(nn.Module):
    def __init__(self, inside, planes, widths, groups, stride, projection):
        super().__init__()
        first, second, out = planes * widths[0], planes * widths[1], planes * 4
        self.conv1 = nn.Conv2d(inside, first, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.conv2 = nn.Conv2d(first, second, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(second)
        self.conv3 = nn.Conv2d(second, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.se_module = SqueezeExcite(out)
        self.downsample = None
        if projection:
            self.downsample = nn.Sequential(
                nn.Conv2d(inside, out, projection, stride, projection // 2, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        y = self.se_module(self.bn3(self.conv3(y)))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


class SeNet(nn.Module):
    def __init__(self, stem, blocks, widths, groups, projection, classes=6, dropout=0.0):
        super().__init__()
        self.layer0 = nn.Sequential()
        inside = 3
        for i, width in enumerate(stem, 1):
            kernel = 7 if len(stem) == 1 else 3
            self.layer0.add_module(
                f"conv{i}", nn.Conv2d(inside, width, kernel, 2 if i == 1 else 1, kernel // 2, bias=False)
            )
            self.layer0.add_module(f"bn{i}", nn.BatchNorm2d(width))
            self.layer0.add_module(f"relu{i}", nn.ReLU(inplace=True))
            inside = width
        self.layer0.add_module("pool", nn.MaxPool2d(3, 2, ceil_mode=True))
        for i, count in enumerate(blocks):
            planes = 64 * 2**i
            layer = []
            for block in range(count):
                kernel = 0 if block else (1 if i == 0 else projection)
                stride = 2 if block == 0 and i > 0 else 1
                layer.append(SeBottleneck(inside, planes, widths, groups, stride, kernel))
                inside = planes * 4
            setattr(self, f"layer{i + 1}", nn.Sequential(*layer))
        self.dropout = nn.Dropout(dropout)
        self.last_linear = nn.Linear(inside, classes)

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.layer0(x)))))
        return self.last_linear(self.dropout(F.adaptive_avg_pool2d(x, 1).flatten(1)))


class BasicConv(nn.Module):
    def __init__(self, inside, out, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(inside, out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


def chain(inside, *specs):
    """Specs (out, kernel, mode): 'valid' and 'halve' have no padding, 'halve' has stride 2."""
    layers = []
    for out, kernel, *mode in specs:
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = 0 if mode else tuple((k - 1) // 2 for k in kernel)
        layers.append(BasicConv(inside, out, kernel, 2 if mode == ["halve"] else 1, padding))
        inside = out
    return layers[0] if len(layers) == 1 else nn.Sequential(*layers)


def pooled(inside, out):
    return nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad=False), BasicConv(inside, out, 1))


class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.count = len(branches)
        for i, branch in enumerate(branches):
            setattr(self, f"branch{i}", branch)

    def forward(self, x):
        return torch.cat([getattr(self, f"branch{i}")(x) for i in range(self.count)], 1)


class PoolAndConv(nn.Module):
    def __init__(self, inside, out, conv_first):
        super().__init__()
        self.conv = BasicConv(inside, out, 3, 2)
        self.conv_first = conv_first

    def forward(self, x):
        parts = [self.conv(x), F.max_pool2d(x, 3, 2)]
        return torch.cat(parts if self.conv_first else parts[::-1], 1)


class InceptionC(nn.Module):
    def __init__(self):
        super().__init__()
        row, column = (1, 3), (3, 1)
        self.branch0 = BasicConv(1536, 256, 1)
        self.branch1_0 = BasicConv(1536, 384, 1)
        self.branch1_1a = chain(384, (256, row))
        self.branch1_1b = chain(384, (256, column))
        self.branch2_0 = BasicConv(1536, 384, 1)
        self.branch2_1 = chain(384, (448, column))
        self.branch2_2 = chain(448, (512, row))
        self.branch2_3a = chain(512, (256, row))
        self.branch2_3b = chain(512, (256, column))
        self.branch3 = pooled(1536, 256)

    def forward(self, x):
        short = self.branch1_0(x)
        long = self.branch2_2(self.branch2_1(self.branch2_0(x)))
        parts = [self.branch0(x), self.branch1_1a(short), self.branch1_1b(short)]
        parts += [self.branch2_3a(long), self.branch2_3b(long), self.branch3(x)]
        return torch.cat(parts, 1)


def inception_a():
    return Branches(
        chain(384, (96, 1)),
        chain(384, (64, 1), (96, 3)),
        chain(384, (64, 1), (96, 3), (96, 3)),
        pooled(384, 96),
    )


def inception_b():
    row, column = (1, 7), (7, 1)
    return Branches(
        chain(1024, (384, 1)),
        chain(1024, (192, 1), (224, row), (256, column)),
        chain(1024, (192, 1), (192, column), (224, row), (224, column), (256, row)),
        pooled(1024, 128),
    )


class InceptionV4(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        row, column = (1, 7), (7, 1)
        self.features = nn.Sequential(
            chain(3, (32, 3, "halve")),
            chain(32, (32, 3, "valid")),
            chain(32, (64, 3)),
            PoolAndConv(64, 96, conv_first=False),
            Branches(
                chain(160, (64, 1), (96, 3, "valid")),
                chain(160, (64, 1), (64, row), (64, column), (96, 3, "valid")),
            ),
            PoolAndConv(192, 192, conv_first=True),
            *[inception_a() for _ in range(4)],
            Branches(
                chain(384, (384, 3, "halve")),
                chain(384, (192, 1), (224, 3), (256, 3, "halve")),
                nn.MaxPool2d(3, 2),
            ),
            *[inception_b() for _ in range(7)],
            Branches(
                chain(1024, (192, 1), (192, 3, "halve")),
                chain(1024, (256, 1), (256, row), (320, column), (320, 3, "halve")),
                nn.MaxPool2d(3, 2),
            ),
            *[InceptionC() for _ in range(3)],
        )
        self.last_linear = nn.Linear(1536, classes)

    def forward(self, x):
        return self.last_linear(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


class Residual(Branches):
    def __init__(self, channels, joined, scale, rectified, *branches):
        super().__init__(*branches)
        self.conv2d = nn.Conv2d(joined, channels, 1)
        self.scale = scale
        self.rectified = rectified

    def forward(self, x):
        y = self.conv2d(super().forward(x)) * self.scale + x
        return F.relu(y, inplace=True) if self.rectified else y


def block35():
    return Residual(
        320, 128, 0.17, True, chain(320, (32, 1)), chain(320, (32, 1), (32, 3)),
        chain(320, (32, 1), (48, 3), (64, 3)),
    )


def block17():
    return Residual(
        1088, 384, 0.1, True, chain(1088, (192, 1)), chain(1088, (128, 1), (160, (1, 7)), (192, (7, 1)))
    )


def block8(scale=0.2, rectified=True):
    return Residual(
        2080, 448, scale, rectified, chain(2080, (192, 1)), chain(2080, (192, 1), (224, (1, 3)), (256, (3, 1)))
    )


class InceptionResNetV2(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.conv2d_1a = chain(3, (32, 3, "halve"))
        self.conv2d_2a = chain(32, (32, 3, "valid"))
        self.conv2d_2b = chain(32, (64, 3))
        self.maxpool_3a = nn.MaxPool2d(3, 2)
        self.conv2d_3b = chain(64, (80, 1))
        self.conv2d_4a = chain(80, (192, 3, "valid"))
        self.maxpool_5a = nn.MaxPool2d(3, 2)
        self.mixed_5b = Branches(
            chain(192, (96, 1)), chain(192, (48, 1), (64, 5)), chain(192, (64, 1), (96, 3), (96, 3)), pooled(192, 64)
        )
        self.repeat = nn.Sequential(*[block35() for _ in range(10)])
        self.mixed_6a = Branches(
            chain(320, (384, 3, "halve")), chain(320, (256, 1), (256, 3), (384, 3, "halve")), nn.MaxPool2d(3, 2)
        )
        self.repeat_1 = nn.Sequential(*[block17() for _ in range(20)])
        self.mixed_7a = Branches(
            chain(1088, (256, 1), (384, 3, "halve")),
            chain(1088, (256, 1), (288, 3, "halve")),
            chain(1088, (256, 1), (288, 3), (320, 3, "halve")),
            nn.MaxPool2d(3, 2),
        )
        self.repeat_2 = nn.Sequential(*[block8() for _ in range(9)])
        self.block8 = block8(1.0, rectified=False)
        self.conv2d_7b = chain(2080, (1536, 1))
        self.last_linear = nn.Linear(1536, classes)

    def forward(self, x):
        for name, module in self.named_children():
            if name != "last_linear":
                x = module(x)
        return self.last_linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Separable(nn.Module):
    def __init__(self, inside, out):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, inside, 3, 1, 1, groups=inside, bias=False)
        self.pointwise = nn.Conv2d(inside, out, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class XceptionBlock(nn.Module):
    def __init__(self, inside, widths, stride, starts_with_relu=True):
        super().__init__()
        self.skip = None
        if stride > 1:
            self.skip = nn.Conv2d(inside, widths[-1], 1, stride, bias=False)
            self.skipbn = nn.BatchNorm2d(widths[-1])
        layers = []
        for i, width in enumerate(widths):
            if i > 0 or starts_with_relu:
                layers.append(nn.ReLU(inplace=i > 0))
            layers += [Separable(inside, width), nn.BatchNorm2d(width)]
            inside = width
        if stride > 1:
            layers.append(nn.MaxPool2d(3, stride, 1))
        self.rep = nn.Sequential(*layers)

    def forward(self, x):
        return self.rep(x) + (x if self.skip is None else self.skipbn(self.skip(x)))


class Xception(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, 2, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.block1 = XceptionBlock(64, [128, 128], 2, starts_with_relu=False)
        self.block2 = XceptionBlock(128, [256, 256], 2)
        self.block3 = XceptionBlock(256, [728, 728], 2)
        for i in range(4, 12):
            setattr(self, f"block{i}", XceptionBlock(728, [728, 728, 728], 1))
        self.block12 = XceptionBlock(728, [728, 1024], 2)
        self.conv3 = Separable(1024, 1536)
        self.bn3 = nn.BatchNorm2d(1536)
        self.conv4 = Separable(1536, 2048)
        self.bn4 = nn.BatchNorm2d(2048)
        self.last_linear = nn.Linear(2048, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = F.relu(self.bn2(self.conv2(x)), inplace=True)
        for i in range(1, 13):
            x = getattr(self, f"block{i}")(x)
        x = F.relu(self.bn3(self.conv3(x)), inplace=True)
        x = F.relu(self.bn4(self.conv4(x)), inplace=True)
        return self.last_linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


class SameConv(nn.Conv2d):
    """TensorFlow's 'same' padding, from the actual size of the input."""

    def forward(self, x):
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        down = max((math.ceil(x.shape[2] / sh) - 1) * sh + kh - x.shape[2], 0)
        across = max((math.ceil(x.shape[3] / sw) - 1) * sw + kw - x.shape[3], 0)
        if down or across:
            x = F.pad(x, [across // 2, across - across // 2, down // 2, down - down // 2])
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, 1, self.groups)


def efficientnet_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class InvertedBottleneck(nn.Module):
    def __init__(self, inside, out, kernel, stride, expansion, drop_connect, lite):
        super().__init__()
        middle = inside * expansion
        self.expanded, self.gated = expansion > 1, not lite
        self.activation = F.relu6 if lite else F.silu
        if self.expanded:
            self._expand_conv = SameConv(inside, middle, 1, bias=False)
            self._bn0 = efficientnet_norm(middle)
        self._depthwise_conv = SameConv(middle, middle, kernel, stride, groups=middle, bias=False)
        self._bn1 = efficientnet_norm(middle)
        if self.gated:
            self._se_reduce = SameConv(middle, max(1, inside // 4), 1)
            self._se_expand = SameConv(max(1, inside // 4), middle, 1)
        self._project_conv = SameConv(middle, out, 1, bias=False)
        self._bn2 = efficientnet_norm(out)
        self.residual = stride == 1 and inside == out
        self.drop_connect = drop_connect

    def forward(self, x):
        y = x
        if self.expanded:
            y = self.activation(self._bn0(self._expand_conv(y)), inplace=True)
        y = self.activation(self._bn1(self._depthwise_conv(y)), inplace=True)
        if self.gated:
            squeezed = F.silu(self._se_reduce(F.adaptive_avg_pool2d(y, 1)), inplace=True)
            y = y * torch.sigmoid(self._se_expand(squeezed))
        y = self._bn2(self._project_conv(y))
        if not self.residual:
            return y
        if self.training and self.drop_connect > 0:
            kept = torch.rand(y.shape[0], 1, 1, 1) >= self.drop_connect
            y = y * kept / (1 - self.drop_connect)
        return y + x


class EfficientNet(nn.Module):
    """lite: without gates, with ReLU6 (EfficientNet-Lite; stem and head are those of width 1)."""

    def __init__(self, width, depth, dropout, classes=6, drop_connect=0.2, lite=False):
        super().__init__()
        self.activation = F.relu6 if lite else F.silu

        def channels(count):
            wanted = count * width
            rounded = max(8, int(wanted + 4) // 8 * 8)
            return rounded + 8 if rounded < 0.9 * wanted else rounded

        self._conv_stem = SameConv(3, channels(32), 3, 2, bias=False)
        self._bn0 = efficientnet_norm(channels(32))
        rows = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80)]
        rows += [(3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
        specs = []
        for repeats, kernel, stride, expansion, out in rows:
            for i in range(math.ceil(repeats * depth)):
                specs.append((channels(out), kernel, stride if i == 0 else 1, expansion))
        inside, blocks = channels(32), []
        for i, (out, kernel, stride, expansion) in enumerate(specs):
            rate = drop_connect * i / len(specs)
            blocks.append(InvertedBottleneck(inside, out, kernel, stride, expansion, rate, lite))
            inside = out
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = SameConv(inside, channels(1280), 1, bias=False)
        self._bn1 = efficientnet_norm(channels(1280))
        self._dropout = nn.Dropout(dropout)
        self._fc = nn.Linear(channels(1280), classes)

    def forward(self, x):
        x = self.activation(self._bn0(self._conv_stem(x)), inplace=True)
        x = self.activation(self._bn1(self._conv_head(self._blocks(x))), inplace=True)
        return self._fc(self._dropout(F.adaptive_avg_pool2d(x, 1).flatten(1)))


def densenet201():
    network = torchvision_densenet201(num_classes=6)
    for module in network.modules():
        # Trades time for memory; off is also torchvision's default.
        if hasattr(module, "memory_efficient"):
            module.memory_efficient = False
    return network


NETWORKS = {
    "se_resnext50_32x4d": lambda: SeNet([64], [3, 4, 6, 3], (2, 2), 32, 1),
    "se_resnext101_32x4d": lambda: SeNet([64], [3, 4, 23, 3], (2, 2), 32, 1),
    "senet154": lambda: SeNet([64, 64, 128], [3, 8, 36, 3], (2, 4), 64, 3, dropout=0.2),
    "densenet201": densenet201,
    "efficientnet-b3": lambda: EfficientNet(1.2, 1.4, 0.3),
    "efficientnet-lite0": lambda: EfficientNet(1.0, 1.0, 0.2, lite=True),
    "inceptionv4": InceptionV4,
    "inceptionresnetv2": InceptionResNetV2,
    "xception": Xception,
}
