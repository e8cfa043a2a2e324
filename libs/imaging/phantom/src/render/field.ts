/** The value of a field where a structure is certainly absent. */
export const FAR = 9;

/** Beyond every column. */
const NOWHERE = 0x3fff;

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

/** A grid with at most 3 mm between nodes, or one node per pixel where pixels are larger. */
export function createGrid(rows: number, columns: number, spacing: number): Grid {
  const step = Math.max(1, Math.floor(3 / spacing));
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

/** Values on the nodes of a grid; remembers for every row of nodes where it holds anything. */
export class Field {
  readonly grid: Grid;
  readonly values: Float32Array;
  /** First and last node below 0.5 of each row of nodes. */
  private readonly first: Int16Array;
  private readonly last: Int16Array;
  /** No node is below 0.5. */
  isEmpty = true;

  constructor(grid: Grid) {
    this.grid = grid;
    this.values = new Float32Array(grid.height * grid.width);
    this.first = new Int16Array(grid.height).fill(NOWHERE);
    this.last = new Int16Array(grid.height).fill(-NOWHERE);
  }

  clear(value: number = FAR): void {
    this.values.fill(value);
    if (this.isEmpty) return;
    this.first.fill(NOWHERE);
    this.last.fill(-NOWHERE);
    this.isEmpty = true;
  }

  /** Sets a node without remembering it: for fields that are read where others are. */
  put(node: number, value: number): void {
    this.values[node] = value;
  }

  set(row: number, column: number, value: number): void {
    this.values[row * this.grid.width + column] = value;
    if (value < 0.5) {
      this.isEmpty = false;
      if (column < this.first[row]!) this.first[row] = column;
      if (column > this.last[row]!) this.last[row] = column;
    }
  }

  /** The first cell of a row of cells that a node below 0.5 touches. */
  start(cell: number): number {
    return Math.max(0, Math.min(this.first[cell]!, this.first[cell + 1]!) - 1);
  }

  /** The cell after the last one that a node below 0.5 touches; not above `start` where there is none. */
  end(cell: number): number {
    return Math.min(this.grid.width - 1, Math.max(this.last[cell]!, this.last[cell + 1]!) + 1);
  }
}
