import os from 'node:os';
import type { Diagnosis } from './diagnose.js';

/** The findings as lines for a terminal. */
export function report(diagnoses: readonly Diagnosis[]): string {
  const width = Math.max(...diagnoses.map((diagnosis) => name(diagnosis).length));
  const lines = diagnoses.map((diagnosis) => {
    const head = `  ${diagnosis.works ? 'works' : '-    '}  ${name(diagnosis).padEnd(width)}  `;
    if (!diagnosis.works) {
      return `${head}${diagnosis.reason}\n${' '.repeat(head.length)}${diagnosis.remedy}`;
    }
    const { inference, training } = diagnosis.speed;
    return `${head}self-test passed, inference ${speed(inference)}, training ${speed(training)}`;
  });
  const best = fastest(diagnoses);
  return [
    `${os.platform()} ${os.arch()}, ${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.availableParallelism()} threads, Node.js ${process.versions.node}`,
    ...lines,
    best === undefined ? 'No engine works here.' : `Fastest in training: ${name(best)}`,
  ].join('\n');
}

function name({ engine, provider, operators }: Diagnosis): string {
  return `${engine} ${provider}${operators === 'native' ? ', native operators' : ''}`;
}

/** The working candidate that trains fastest. */
export function fastest(diagnoses: readonly Diagnosis[]): Diagnosis | undefined {
  const training = (diagnosis: Diagnosis) => (diagnosis.works ? diagnosis.speed.training : -1);
  return [...diagnoses].filter(({ works }) => works).sort((a, b) => training(b) - training(a))[0];
}

function speed(gigaflops: number): string {
  return `${gigaflops < 10 ? gigaflops.toPrecision(2) : gigaflops.toFixed(0)} GFLOP/s`;
}
