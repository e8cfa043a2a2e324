/** What a run tells whoever watches. */
export interface RunEvents {
  message?(text: string): void;
  warning?(text: string): void;
}
