import { RUN_NAME } from '@ichor/tables';
import { createEngine, type Engine } from '@ichor/runtime';
import { z } from 'zod';

/** Options of every command that trains or predicts folds. */
export const foldOptions = {
  app: z.string().optional().describe('Folder of the app, in place of MODEL, e.g. apps/model-base'),
  fold: z.enum(['all', '0', '1', '2', '3', '4']).default('all').describe('Which fold'),
  config: z
    .string()
    .optional()
    .describe(
      'A named configuration of the app, e.g. demo, or a file of settings (.yaml, .yml, .json) as --print-config prints them',
    ),
  plan: z.boolean().describe('Only say what would be done, with hours, disk and memory of this machine'),
  printConfig: z.boolean().describe('Only print the settings, all sources merged'),
  run: z
    .string()
    .regex(RUN_NAME, 'at most 40 lower case letters, digits and dashes')
    .optional()
    .describe('Name of an experiment beside the unnamed one; its files are in MODEL.NAME'),
  engine: z.enum(['auto', 'onnxruntime', 'tfjs']).default('auto').describe('What runs the networks'),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml', 'node-gpu', 'node', 'js'])
    .default('auto')
    .describe('Execution provider of the engine'),
  threads: z.number().int().positive().optional().describe('Threads of the engine; default all cores'),
  fresh: z.boolean().describe('Delete the files of an earlier run of the fold and start again'),
};

/** Option of the commands that train. */
export const tensorboardOption = z
  .enum(['on', 'off'])
  .default('on')
  .describe('Event files for TensorBoard: loss, scores, learning rate, speed, pictures of the worst slices');

type EngineOptions = Pick<z.infer<z.ZodObject<typeof foldOptions>>, 'engine' | 'provider' | 'threads'>;

/** The engine that the options of a command ask for. */
export function engineOf({ engine, provider, threads }: EngineOptions): Promise<Engine> {
  return createEngine(engine, { provider, ...(threads === undefined ? {} : { threads }) });
}
