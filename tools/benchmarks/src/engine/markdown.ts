import type { Result, SideResult } from './duel.js';
import { operationsOf, shareOfPeak, type Peak } from './peak.js';

const milliseconds = (value: number) => (value < 100 ? value.toFixed(1) : value.toFixed(0));
const time = (run: { readonly milliseconds: number } | undefined) =>
  run === undefined ? '' : milliseconds(run.milliseconds);
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
const seconds = (value: number) => (value / 1000).toFixed(1);

/** Peak memory is compared with the leanest variant of PyTorch that is within a tenth of its fastest. */
const MEMORY_TARGET = 1.1;

/**
 * One table a mode: times and their ratio, shares of what the machine can do, the variants of the peer, memory and its ratio,
 * creation time, and inference in 8 bits.
 */
export function table(results: readonly Result[], peak: Peak): string {
  const header = [
    'network',
    'size',
    'Ichor ms',
    'peer ms',
    'peer',
    'ratio',
    'target',
    'ratio of fastest',
    'ratio of processor time',
    'Ichor share of peak',
    'peer share of peak',
    'eager ms',
    'channels_last ms',
    'compiled ms',
    'OpenVINO ms',
    'bf16 ms',
    'Ichor MB',
    'PyTorch MB',
    'ratio',
    'prepared MB',
    'ratio',
    'Ichor start s',
    'peer start s',
    'int8 ms',
    'int8 over peer',
    'OpenVINO int8 ms',
    'int8 over OpenVINO int8',
  ];
  const rows = results.map((result) => {
    const { id, size, target, ichor, preparedBytes, eightBit, peer, peerEightBit, variants } = result;
    const operations = operationsOf(result);
    const share = ({ milliseconds }: SideResult) => shareOfPeak(operations, milliseconds, peak).toFixed(2);
    const ratio = (own: SideResult | undefined, other: SideResult | undefined) =>
      own === undefined || other === undefined
        ? ''
        : bold(
            own.milliseconds / other.milliseconds,
            own.milliseconds <= target * other.milliseconds && own.processor <= target * other.processor,
          );
    const alone = (name: string) => time(variants.find(({ variant }) => variant === name));
    const memory = pytorchMemory(variants);
    return [
      id,
      size,
      milliseconds(ichor.milliseconds),
      milliseconds(peer.milliseconds),
      peer.variant,
      ratio(ichor, peer),
      target.toFixed(2),
      (ichor.fastest / peer.fastest).toFixed(2),
      (ichor.processor / peer.processor).toFixed(2),
      share(ichor),
      share(peer),
      ...['eager', 'channels-last', 'compiled', 'openvino', 'bf16'].map(alone),
      megabytes(ichor.bytes),
      megabytes(memory),
      bold(ichor.bytes / memory, ichor.bytes <= MEMORY_TARGET * memory),
      ...(preparedBytes === undefined
        ? ['', '']
        : [megabytes(preparedBytes), bold(preparedBytes / memory, preparedBytes <= MEMORY_TARGET * memory)]),
      seconds(ichor.creation),
      seconds(peer.creation),
      time(eightBit),
      ratio(eightBit, peer),
      time(peerEightBit),
      ratio(eightBit, peerEightBit),
    ];
  });
  return [header, header.map((_, i) => (i === 0 || i === 4 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function pytorchMemory(variants: Result['variants']): number {
  const torch = variants.filter(({ variant }) => variant !== 'bf16' && variant !== 'openvino');
  const fastest = Math.min(...torch.map(({ milliseconds }) => milliseconds));
  return Math.min(
    ...torch.filter(({ milliseconds }) => milliseconds <= 1.1 * fastest).map(({ bytes }) => bytes),
  );
}

function bold(ratio: number, met: boolean): string {
  return met ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
}
