import { html, type Html } from '../html.js';
import { seriesColor } from '../palette.js';
import { linearScale, tickLabel, type Scale } from './scale.js';

export interface Series {
  readonly name: string;
  /** Points in drawing order; those with a coordinate that is not finite break the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly color?: string;
  readonly dashed?: boolean;
  /** Draw dots at the points too. */
  readonly dots?: boolean;
  /** Leave it out of the legend. */
  readonly unlisted?: boolean;
}

export interface LineChartOptions {
  readonly series: readonly Series[];
  readonly x: string;
  readonly y: string;
  /** What the chart shows, for those who cannot see it. */
  readonly description: string;
  /** The x axis counts something: its ticks are whole numbers. */
  readonly wholeX?: boolean;
  /** Default: what the points span. */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** Attributes for scripts that work on the chart. */
  readonly id?: string;
  readonly width?: number;
  readonly height?: number;
}

const margin = { top: 10, right: 12, bottom: 36, left: 46 };

/** An SVG line chart with axes, ticks and a legend. */
export function lineChart(options: LineChartOptions): Html {
  const { series, width = 560, height = 320 } = options;
  const all = series.flatMap(({ points }) => points.filter(isFinitePoint));
  const x = linearScale(
    options.xDomain ?? span(all.map((point) => point[0])),
    [margin.left, width - margin.right],
    { smallest: options.wholeX ? 1 : 0 },
  );
  const y = linearScale(options.yDomain ?? span(all.map((point) => point[1])), [
    height - margin.bottom,
    margin.top,
  ]);
  const colored = series.map((one, index) => ({ ...one, color: one.color ?? seriesColor(one.name, index) }));
  return html`<figure class="plot">
    <svg
      class="chart"
      id="${options.id ?? ''}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="${options.description}"
      data-left="${margin.left}"
      data-right="${width - margin.right}"
      data-low="${x.domain[0]}"
      data-high="${x.domain[1]}"
    >
      ${axes(x, y, width, height)}
      <text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">
        ${options.x}
      </text>
      <text x="12" y="${height / 2}" text-anchor="middle" transform="rotate(-90 12 ${height / 2})">
        ${options.y}
      </text>
      ${colored.map((one) => line(one, x, y))}
    </svg>
    <ul class="legend">
      ${colored.filter(({ unlisted }) => !unlisted).map((one) => html`<li><i style="background:${swatch(one)}"></i>${one.name}</li>`)}
    </ul>
  </figure>`;
}

/** What the legend shows of a line. */
function swatch({ color, dashed }: { readonly color: string; readonly dashed?: boolean }): string {
  return dashed ? `repeating-linear-gradient(90deg, ${color} 0 4px, transparent 4px 6px)` : color;
}

function axes(x: Scale, y: Scale, width: number, height: number): Html {
  const bottom = height - margin.bottom;
  const horizontal = y.ticks.map(
    (tick) =>
      html`<line
          class="axis"
          x1="${margin.left}"
          x2="${width - margin.right}"
          y1="${round(y.at(tick))}"
          y2="${round(y.at(tick))}"
        />
        <text x="${margin.left - 6}" y="${round(y.at(tick) + 4)}" text-anchor="end"
          >${tickLabel(tick)}</text
        >`,
  );
  const vertical = x.ticks.map(
    (tick) =>
      html`<line
          class="axis"
          x1="${round(x.at(tick))}"
          x2="${round(x.at(tick))}"
          y1="${bottom}"
          y2="${bottom + 4}"
        />
        <text x="${round(x.at(tick))}" y="${bottom + 16}" text-anchor="middle">${tickLabel(tick)}</text>`,
  );
  return html`${horizontal}${vertical}`;
}

function line(series: Series & { readonly color: string }, x: Scale, y: Scale): Html {
  let path = '';
  let pen = 'M';
  for (const point of series.points) {
    if (isFinitePoint(point)) {
      path += `${pen}${round(x.at(point[0]))} ${round(y.at(point[1]))}`;
      pen = 'L';
    } else {
      pen = 'M';
    }
  }
  const dots = series.dots
    ? series.points
        .filter(isFinitePoint)
        .map(
          (point) =>
            html`<circle
              cx="${round(x.at(point[0]))}"
              cy="${round(y.at(point[1]))}"
              r="3"
              fill="${series.color}"
            />`,
        )
    : [];
  return html`<path
      d="${path}"
      fill="none"
      stroke="${series.color}"
      stroke-width="1.8"
      data-series="${series.name}"
      stroke-dasharray="${series.dashed ? '5 4' : 'none'}"
    />${dots}`;
}

function isFinitePoint(point: readonly [number, number]): boolean {
  return Number.isFinite(point[0]) && Number.isFinite(point[1]);
}

function span(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

const round = (value: number) => Math.round(value * 100) / 100;
