import { createBackbone, isBackboneId, backboneIds } from '@ichor/backbones';
import { IchorError } from '@ichor/files';
import type { Network } from '@ichor/nn';
import type { Fixture } from './fixture.js';

/**
 * The network that a fixture describes, without dropout and drop-connect, with the fixture's stages as outputs.
 *
 * @throws IchorError `parity/backbone`, `parity/parameters` (names, order and shapes must agree),
 * `parity/batch-norm`, `backbones/unknown-stage`
 */
export function fixtureNetwork(fixture: Fixture, file: string): Network {
  const { backbone, head, classes, inputShape, mode } = fixture;
  if (!isBackboneId(backbone)) {
    throw new IchorError({
      code: 'parity/backbone',
      file,
      reason: `backbone '${backbone}' is unknown`,
      remedy: `choose one of ${backboneIds.join(', ')}`,
    });
  }
  const network = createBackbone(backbone, {
    head,
    classes,
    channels: inputShape[1],
    dropout: 0,
    dropConnect: 0,
    stages: mode === 'eval' ? fixture.expected.stages.map((stage) => stage.module) : [],
  });
  checkParameters(network, fixture, file);
  checkBatchNorm(network, fixture, file);
  return network;
}

function checkParameters(network: Network, { parameters }: Fixture, file: string): void {
  const line = (parameter: { name: string; shape: readonly number[] } | undefined) =>
    parameter === undefined ? 'nothing' : `${parameter.name} [${parameter.shape.join(', ')}]`;
  const length = Math.max(parameters.length, network.parameters.length);
  for (let i = 0; i < length; i++) {
    const [expected, actual] = [line(parameters[i]), line(network.parameters[i])];
    if (expected !== actual) {
      throw new IchorError({
        code: 'parity/parameters',
        file,
        reason: `parameter ${i} of ${network.name} should be ${expected}, is ${actual}`,
      });
    }
  }
}

/** The fixture states the batch norm of the backbone, whose first layer is the first of the network. */
function checkBatchNorm(network: Network, { batchNorm }: Fixture, file: string): void {
  const first = network.nodes.find((node) => node.op === 'batchNorm');
  if (first === undefined) return;
  const { eps, momentum } = first.attributes;
  if (Math.abs(eps - batchNorm.eps) > 1e-12 || Math.abs(momentum - batchNorm.momentum) > 1e-12) {
    throw new IchorError({
      code: 'parity/batch-norm',
      file,
      reason: `batch norm of ${network.name} should have eps ${batchNorm.eps} and momentum ${batchNorm.momentum}, has ${eps} and ${momentum}`,
    });
  }
}
