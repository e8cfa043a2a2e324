/** The six labels of a slice, in the order of every array, channel and column of Ichor. */
export const LABELS = [
  'any',
  'epidural',
  'subdural',
  'subarachnoid',
  'intraventricular',
  'intraparenchymal',
] as const;

export type Label = (typeof LABELS)[number];

/** Weights of the labels in the competition's log loss and in the training loss, in the order of `LABELS`. */
export const LABEL_WEIGHTS = [2, 1, 1, 1, 1, 1] as const;
