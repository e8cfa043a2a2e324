/** The events of a run. */
export interface RunEvents {
  message?(text: string): void;
  warning?(text: string): void;
}
