import type { Tensor } from '@ichor/nn';
import type { EngineOptions } from '../engine.js';
import type { Preparation } from './prepared/prepared-networks.js';
import type { OnnxProvider } from './provider-name.js';

/** What a thread is asked; `session` counts the files that were opened. */
export type ThreadRequest =
  | {
      readonly kind: 'open';
      readonly path: string;
      readonly options: EngineOptions;
      readonly preparation?: Preparation;
      /** Open what is not prepared as it is. */
      readonly later?: boolean;
    }
  | {
      readonly kind: 'prepare';
      readonly path: string;
      readonly options: EngineOptions;
      readonly preparation: Preparation;
    }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly inputs: Readonly<Record<string, Tensor>>;
      readonly outputs: readonly string[];
    }
  | { readonly kind: 'dispose'; readonly session: number };

export interface OpenedInThread {
  readonly session: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly provider: OnnxProvider;
}

/** The parts of an error that can be sent from thread to thread. */
export interface ThreadFailure {
  readonly code: string;
  readonly file: string | undefined;
  readonly reason: string;
  readonly remedy: string | undefined;
}

export type ThreadReply =
  | { readonly task: number; readonly opened: OpenedInThread }
  | { readonly task: number; readonly results: Readonly<Record<string, Tensor>> }
  | { readonly task: number; readonly disposed: true }
  | { readonly task: number; readonly prepared: true }
  | { readonly task: number; readonly failure: ThreadFailure };
