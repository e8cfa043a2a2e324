import { createRequire } from 'node:module';
import type * as Wire from '@bufbuild/protobuf/wire';

const require = createRequire(import.meta.url);
let loaded: typeof Wire | undefined;

/** Loaded when the first event is written: most programs write none. */
const wire = (): typeof Wire => (loaded ??= require('@bufbuild/protobuf/wire') as typeof Wire);

/** A value of a hyperparameter. */
export type Hyperparameter = number | string | boolean;

/** What TensorBoard shows under a tag. */
export type Summary =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly image: PngImage }
  /** Markdown. */
  | { readonly tag: string; readonly text: string }
  /** The settings of a run, begun at `time` (seconds since 1970). */
  | {
      readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
      readonly group: string;
      readonly time: number;
    }
  /** The end of a run. */
  | { readonly ended: 'success'; readonly time: number };

export interface PngImage {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

export type EventContent =
  /** The first event of a file. */
  | { readonly kind: 'version' }
  /** Events of earlier files of the folder for this step and later ones are no longer valid. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'summaries'; readonly summaries: readonly Summary[] };

/**
 * An `Event` of tensorflow/core/util/event.proto.
 *
 * @param time seconds since 1970
 */
export function encodeEvent(time: number, step: number, content: EventContent): Uint8Array {
  const event = new Message().double(1, time).integer(2, step);
  switch (content.kind) {
    case 'version':
      return event.string(3, 'brain.Event:2').finish();
    case 'restart':
      // SessionLog with the status START.
      return event.message(7, new Message().integer(1, 1)).finish();
    case 'summaries': {
      const summary = new Message();
      for (const value of content.summaries) summary.message(1, encodeSummary(value));
      return event.message(5, summary).finish();
    }
  }
}

/** A `Summary.Value` of tensorflow/core/framework/summary.proto. */
function encodeSummary(summary: Summary): Message {
  if ('scalar' in summary) return new Message().string(1, summary.tag).float(2, summary.scalar);
  if ('image' in summary) {
    const { width, height, png } = summary.image;
    const image = new Message().integer(1, height).integer(2, width).integer(3, 1).bytes(4, png);
    return new Message().string(1, summary.tag).message(4, image);
  }
  if ('text' in summary) {
    const text = tensorOf(STRING, []).bytes(8, new TextEncoder().encode(summary.text));
    return new Message().string(1, summary.tag).message(8, text).message(9, metadataOf('text'));
  }
  return 'ended' in summary
    ? hparams('_hparams_/session_end_info', new Message().message(4, sessionEnd(summary)))
    : hparams('_hparams_/session_start_info', new Message().message(3, sessionStart(summary)));
}

/** The plugin "hparams" reads its data from the metadata (tensorboard/plugins/hparams/plugin_data.proto); the tensor is empty. */
function hparams(tag: string, data: Message): Message {
  return new Message()
    .string(1, tag)
    .message(8, tensorOf(FLOAT, [0]))
    .message(9, metadataOf('hparams', data.finish()));
}

function sessionStart({
  hyperparameters,
  group,
  time,
}: Extract<Summary, { hyperparameters: unknown }>): Message {
  const start = new Message();
  for (const [name, value] of Object.entries(hyperparameters).sort(([a], [b]) => (a < b ? -1 : 1))) {
    start.message(1, new Message().string(1, name).message(2, valueOf(value)));
  }
  return start.string(4, group).double(5, time);
}

function sessionEnd({ time }: Extract<Summary, { ended: unknown }>): Message {
  return new Message().integer(1, 1).double(2, time);
}

/** A `google.protobuf.Value`. */
function valueOf(value: Hyperparameter): Message {
  const message = new Message();
  if (typeof value === 'number') return message.double(2, value, 'always');
  if (typeof value === 'string') return message.string(3, value, 'always');
  return message.integer(4, Number(value), 'always');
}

const FLOAT = 1;
const STRING = 7;
/** Of `SummaryMetadata`: tensors of any shape. */
const DATA_CLASS_TENSOR = 2;

/** A `TensorProto` without its values. */
function tensorOf(type: number, shape: readonly number[]): Message {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(2, new Message().integer(1, size));
  return new Message().integer(1, type).message(2, dimensions);
}

function metadataOf(plugin: string, content: Uint8Array = new Uint8Array(0)): Message {
  const data = new Message().string(1, plugin).bytes(2, content);
  return new Message().message(1, data).integer(4, DATA_CLASS_TENSOR);
}

/** Fields by number; as in proto3, a field with its default value is left out unless it is part of a `oneof`. */
class Message {
  readonly #writer = new (wire().BinaryWriter)();

  integer(field: number, value: number, presence: 'always' | 'implicit' = 'implicit'): this {
    if (value !== 0 || presence === 'always') this.#writer.tag(field, wire().WireType.Varint).int64(value);
    return this;
  }

  double(field: number, value: number, presence: 'always' | 'implicit' = 'implicit'): this {
    if (value !== 0 || presence === 'always') this.#writer.tag(field, wire().WireType.Bit64).double(value);
    return this;
  }

  /** A scalar summary; always there. Beyond the range of 32 bits it is infinite, as a float is. */
  float(field: number, value: number): this {
    this.#writer.tag(field, wire().WireType.Bit32).float(Math.fround(value));
    return this;
  }

  string(field: number, value: string, presence: 'always' | 'implicit' = 'implicit'): this {
    if (value !== '' || presence === 'always')
      this.#writer.tag(field, wire().WireType.LengthDelimited).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.#writer.tag(field, wire().WireType.LengthDelimited).bytes(value);
    return this;
  }

  message(field: number, value: Message): this {
    this.#writer.tag(field, wire().WireType.LengthDelimited).bytes(value.finish());
    return this;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
