/** A plot of what grows with the number of services, and what does not. */
import type { Growth } from './figures.ts';

interface Series {
  readonly name: string;
  readonly unit: string;
  readonly value: (at: Growth) => number;
}

const series: readonly Series[] = [
  { name: 'key → last byte', unit: 'ms', value: ({ keyMs }) => keyMs },
  { name: 'bytes a cursor move', unit: 'B', value: ({ keyBytes }) => keyBytes },
  { name: 'filter key → last byte', unit: 'ms', value: ({ filterMs }) => filterMs },
  { name: 'the same, its first letters', unit: 'ms', value: ({ firstFilterMs }) => firstFilterMs },
  { name: 'poll, CPU', unit: 'ms', value: ({ pollMs }) => pollMs },
  { name: 'memory (RSS)', unit: 'MB', value: ({ residentMb }) => residentMb },
];

const [width, height] = [300, 150];
const pad = { left: 14, right: 58, top: 34, bottom: 26 };

/** One small plot a series, services on a logarithmic axis, each from zero: so that what stays flat looks flat. */
export function growthPlot(points: readonly Growth[]): string {
  const from = Math.log10(points[0]?.services ?? 1);
  const to = Math.log10(points.at(-1)?.services ?? 10);
  const x = (services: number): number =>
    pad.left + ((Math.log10(services) - from) / (to - from)) * (width - pad.left - pad.right);
  const short = (count: number): string => (count >= 1_000 ? `${count / 1_000}k` : String(count));
  const plots = series.map(({ name, unit, value }, place) => {
    const most = Math.max(...points.map(value), 0.001);
    const y = (at: number): number => height - pad.bottom - (Math.max(0, at) / most) * (height - pad.top - pad.bottom);
    const dots = points.map((point) => ({ x: x(point.services), y: y(value(point)), said: value(point) }));
    const last = dots.at(-1);
    return [
      `<g transform="translate(${(place % 3) * width} ${Math.floor(place / 3) * height})">`,
      `<text x="${pad.left}" y="18" class="name">${name}</text>`,
      `<line x1="${pad.left}" x2="${width - pad.right}" y1="${height - pad.bottom}" y2="${height - pad.bottom}" class="axis"/>`,
      ...points.map(
        ({ services }) =>
          `<text x="${x(services).toFixed(1)}" y="${height - pad.bottom + 14}" class="tick">${short(services)}</text>`,
      ),
      `<polyline points="${dots.map((dot) => `${dot.x.toFixed(1)},${dot.y.toFixed(1)}`).join(' ')}" class="line"/>`,
      ...dots.map((dot) => `<circle cx="${dot.x.toFixed(1)}" cy="${dot.y.toFixed(1)}" r="2.5" class="dot"/>`),
      last &&
        `<text x="${(last.x + 6).toFixed(1)}" y="${(last.y + 4).toFixed(1)}" class="value">${last.said.toFixed(last.said < 10 ? 1 : 0)} ${unit}</text>`,
      '</g>',
    ].join('');
  });
  const style =
    'text{font:11px system-ui,sans-serif;fill:#555}.name{font-weight:600;fill:#222}.tick{text-anchor:middle;fill:#888}' +
    '.axis{stroke:#ccc}.line{fill:none;stroke:#0a6ebd;stroke-width:1.5}.dot{fill:#0a6ebd}.value{fill:#0a6ebd}';
  const [allWidth, allHeight] = [3 * width, Math.ceil(series.length / 3) * height];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${allWidth} ${allHeight}" width="${allWidth}" role="img" ` +
    `aria-label="What 100 to 50,000 services cost"><style>${style}</style><rect width="${allWidth}" height="${allHeight}" fill="#fff"/>` +
    `${plots.join('\n')}</svg>\n`
  );
}
