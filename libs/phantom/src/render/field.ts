/** The value of a field where a structure is certainly absent. */
export const FAR = 9;

/**
 * Nodes every `step` pixels over an image, one more than needed so that each pixel lies in a cell.
 * Fields on it are interpolated bilinearly: signed distances are nearly linear, so edges stay sharp
 * although a field has `step`² times fewer values than the image.
 */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
  /** Nodes down and across. */
  readonly height: number;
  readonly width: number;
}

/** A grid with at most 2.5 mm between nodes, or one node per pixel where pixels are larger. */
export function createGrid(rows: number, columns: number, spacing: number): Grid {
  const step = Math.max(1, Math.floor(2.5 / spacing));
  return {
    rows,
    columns,
    step,
    height: Math.floor((rows - 1) / step) + 2,
    width: Math.floor((columns - 1) / step) + 2,
  };
}

/** Rows of cells; `bottom` not included. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

const wholeImage: Band = { top: 0, bottom: Infinity };

/** Range of cells in which a field is below a limit; `bottom` and `right` not included. */
export interface Bounds {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Values on the nodes of a grid; remembers where it holds anything. */
export class Field {
  readonly grid: Grid;
  readonly values: Float32Array;
  private top = 0;
  private bottom = -1;
  private left = 0;
  private right = -1;

  constructor(grid: Grid) {
    this.grid = grid;
    this.values = new Float32Array(grid.height * grid.width);
  }

  clear(value: number = FAR): void {
    this.values.fill(value);
    this.top = this.left = 1e9;
    this.bottom = this.right = -1;
  }

  /** Sets a node without extending the bounds: for fields that are read where others are. */
  put(node: number, value: number): void {
    this.values[node] = value;
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.grid.width + column] = value;
    if (value < 0.5) {
      if (row < this.top) this.top = row;
      if (row > this.bottom) this.bottom = row;
      if (column < this.left) this.left = column;
      if (column > this.right) this.right = column;
    }
  }

  get isEmpty(): boolean {
    return this.bottom < 0;
  }

  /** The cells touched by nodes below 0.5, of those in the band. */
  bounds(band: Band = wholeImage): Bounds {
    const { height, width } = this.grid;
    return {
      top: Math.max(0, band.top, this.top - 1),
      bottom: Math.min(height - 1, band.bottom, this.bottom + 1),
      left: Math.max(0, this.left - 1),
      right: Math.min(width - 1, this.right + 1),
    };
  }
}
