/** Elements and data of the page. */

/** Hounsfield units at the middle of a window, and how many it spans. */
export interface DisplayWindow {
  readonly center: number;
  readonly width: number;
}

export interface NamedWindow extends DisplayWindow {
  readonly name: string;
}

/** What the page says of the study in `#study`. */
interface Study {
  /** The slice to begin with. */
  readonly first: number;
  readonly windows: readonly NamedWindow[];
  readonly count: number;
  readonly heat: {
    /** Base64 of 256 colours of three bytes. */
    readonly colors: string;
    /** Opacity of the greatest heat. */
    readonly opacity: number;
  };
}

/** A value that the page always has. */
export function present<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('the page is incomplete');
  return value;
}

/** The first element of the page with this selector. */
export function element<T extends Element = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

export function dataOf(selector: string): unknown {
  return JSON.parse(element(selector).textContent);
}

export const study = dataOf('#study') as Study;
export const canvas = element<HTMLCanvasElement>('#viewport');
export const viewportBox = element('#viewport-box');

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
