import { backboneIds, backbones, createBackbone } from '@ichor/backbones';
import { defineCommand, defineGroup, formatBytes, formatTable, Progress, UsageError } from '@ichor/cli';
import { present } from '@ichor/files';
import {
  describeMatch,
  fetchPublished,
  matchWeights,
  readCheckpoint,
  writeSafetensors,
  type SkippedEntry,
} from '@ichor/weights';
import { z } from 'zod';

const backbone = z.enum(backboneIds).describe('Network');

const list = defineCommand({
  name: 'ichor weights list',
  summary: 'Lists the networks and where their published ImageNet weights come from.',
  options: { json: z.boolean().describe('Print JSON') },
  run({ json }, { print }) {
    if (json) print(JSON.stringify(backbones, null, 2));
    else
      print(
        formatTable(
          ['network', 'licence', 'weights'],
          backbones.map(({ id, weights }) => [
            id,
            weights.licence,
            weights.url ?? `${weights.file} in the Python package ${weights.pythonPackage}`,
          ]),
        ),
      );
  },
});

const fetch = defineCommand({
  name: 'ichor weights fetch',
  summary: 'Downloads published weights into the cache and checks their hash; resumes where it stopped.',
  options: {
    mirror: z.string().optional().describe('Another server with the same files'),
    json: z.boolean().describe('Print a line of JSON for each network'),
  },
  positionals: { name: 'NETWORK', description: `One or more of ${backboneIds.join(', ')}`, min: 1 },
  examples: [
    { command: 'ichor weights fetch se_resnext50_32x4d', does: 'into $ICHOR_CACHE or ~/.cache/ichor' },
  ],
  async run({ mirror, json }, { positionals, print, terminal, signal }) {
    for (const id of positionals) {
      const network = backbones.find((one) => one.id === id);
      if (!network) throw new UsageError(`unknown network ${id}`, 'ichor weights list names them');
      let progress: Progress | undefined;
      const path = await fetchPublished(network.weights, {
        ...(mirror === undefined ? {} : { mirror }),
        signal,
        onProgress: (received, total) => {
          progress ??= new Progress({
            label: id,
            unit: 'MB',
            terminal,
            ...(total === undefined ? {} : { total: Math.round(total / 1e6) }),
          });
          progress.update(Math.round(received / 1e6));
        },
      });
      progress?.finish(false);
      print(json ? JSON.stringify({ network: id, path }) : `${id}: ${path}`);
    }
  },
});

const inspect = defineCommand({
  name: 'ichor weights inspect',
  summary: 'Lists the tensors of a checkpoint (.pth, .pt, .safetensors) without running anything in it.',
  options: {
    backbone: backbone.optional().describe('Show how they match this network'),
    json: z.boolean().describe('Print JSON'),
  },
  positionals: { name: 'FILE', description: 'A checkpoint', min: 1, max: 1 },
  async run({ backbone: id, json }, { positionals, print }) {
    const { format, tensors, under, skipped } = await readCheckpoint(present(positionals[0]));
    const shapes = [...tensors].map(([name, { shape }]) => ({ name, shape }));
    const numbers = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    const network = id === undefined ? undefined : createBackbone(id, { classes: 6 });
    const match = network && matchWeights(network, tensors);
    if (json) {
      print(JSON.stringify({ format, under, tensors: shapes, skipped, match: match?.report }, null, 2));
      return;
    }
    print(
      formatTable(
        ['tensor', 'shape'],
        shapes.map(({ name, shape }) => [name, shape.join(' x ')]),
      ),
    );
    print(`${format}: ${tensors.size} tensors, ${formatBytes(4 * numbers)} as float32`);
    printSkipped(skipped, under, print);
    if (match) print(describeMatch(match.report));
  },
});

const convert = defineCommand({
  name: 'ichor weights convert',
  summary: 'Writes a checkpoint as safetensors, which PyTorch reads too.',
  options: { json: z.boolean().describe('Print JSON') },
  positionals: {
    name: 'FILES',
    description: 'The checkpoint, then the .safetensors file to write',
    min: 2,
    max: 2,
  },
  async run({ json }, { positionals, print }) {
    const [from, to] = positionals as readonly [string, string];
    const { tensors, under, skipped } = await readCheckpoint(from);
    await writeSafetensors(to, tensors);
    if (json) {
      print(JSON.stringify({ path: to, under, tensors: tensors.size, skipped }));
      return;
    }
    print(`${to}: ${tensors.size} tensors`);
    printSkipped(skipped, under, print);
  },
});

/** The content of a file other than the tensors that were read. */
function printSkipped(
  skipped: readonly SkippedEntry[],
  under: string | undefined,
  print: (line: string) => void,
): void {
  if (skipped.length === 0) return;
  print(`${under === undefined ? '' : `Read from the entry ${under}. `}Left out:`);
  print(
    formatTable(
      ['entry', 'holds'],
      skipped.map(({ name, holds }) => [name, holds]),
    ),
  );
}

export const weightsCommand = defineGroup({
  name: 'ichor weights',
  summary: 'Lists, fetches, inspects and converts weights of networks.',
  commands: [list, fetch, inspect, convert],
});
