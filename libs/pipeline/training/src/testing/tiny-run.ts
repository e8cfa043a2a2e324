import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { createEngine } from '@ichor/runtime';
import { predictFold } from '../predict/predict-fold.js';
import { trainFold } from '../train/train-fold.js';

// node tiny-run.js ROOT NAME: trains and predicts fold 0 of the tiny model, with a checkpoint after every step, and
// prints a line whenever something happened. Tests kill this program.
const [root = '', name = ''] = process.argv.slice(2);
const tell = (what: string) => (): void => void process.stdout.write(`${what}\n`);
const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
const common = {
  model: tinyModel({ name, epochs: 3 }),
  fold: 0,
  engine,
  root,
  network: tinyNetwork(),
  workers: 1,
};
await trainFold({
  ...common,
  checkpointMinutes: 0,
  events: {
    step: tell('step'),
    checkpoint: tell('checkpoint'),
    phase: tell('phase'),
    evaluated: tell('evaluated'),
    epoch: tell('epoch'),
  },
});
await predictFold({ ...common, events: { begin: tell('begin'), predicted: tell('predicted') } });
tell('done')();
