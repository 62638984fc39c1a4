const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** A clock of the server that is ahead by no more than this gives an age of zero. */
const SKEW = 5 * SECOND;

// Where the text changes its form, and the step in which it counts from there on. The last bound of k9s is kept: years only.
const FORMS: { until: number; step: number; text: (ms: number) => string }[] = [
  { until: 2 * MINUTE, step: SECOND, text: (ms) => `${Math.floor(ms / SECOND)}s` },
  { until: 10 * MINUTE, step: SECOND, text: (ms) => pair(ms, MINUTE, 'm', SECOND, 's') },
  { until: 3 * HOUR, step: MINUTE, text: (ms) => `${Math.floor(ms / MINUTE)}m` },
  { until: 8 * HOUR, step: MINUTE, text: (ms) => pair(ms, HOUR, 'h', MINUTE, 'm') },
  { until: 48 * HOUR, step: HOUR, text: (ms) => `${Math.floor(ms / HOUR)}h` },
  { until: 2 * YEAR, step: DAY, text: (ms) => `${Math.floor(ms / DAY)}d` },
  { until: 8 * YEAR, step: DAY, text: (ms) => pair(ms, YEAR, 'y', DAY, 'd') },
  { until: Number.POSITIVE_INFINITY, step: YEAR, text: (ms) => `${Math.floor(ms / YEAR)}y` },
];

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)}${bigUnit}${rest === 0 ? '' : `${rest}${smallUnit}`}`;
}

function formOf(ms: number) {
  return FORMS.find((form) => ms < form.until);
}

/**
 * An age in milliseconds as k9s writes it: `95s`, `5m30s`, `59m`, `4h5m`, `31h`, `21d`, `2y3d`. Up to five seconds below
 * zero (clocks differ) is `0s`; further below, or no number, is `-`.
 */
export function age(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms) || ms < -SKEW) return '-';
  const shown = Math.max(0, ms);
  return formOf(shown)?.text(shown) ?? '-';
}

/**
 * Milliseconds until `age` of a value that grows with time gives another text: more than 0 and at most one day, so that
 * it always suits a timer.
 */
export function nextAgeChange(ms: number | undefined): number {
  if (ms === undefined || !Number.isFinite(ms)) return DAY;
  if (ms < -SKEW) return Math.min(DAY, -SKEW - ms);
  if (ms < SECOND) return SECOND - ms;
  const form = formOf(ms);
  if (form === undefined) return DAY;
  // Days are counted from the year's begin, which is itself a whole number of days, so one rule serves all forms.
  return Math.min(DAY, form.until - ms, form.step - (ms % form.step));
}

const two = (n: number) => String(n).padStart(2, '0');

/** Local time of day, `HH:MM:SS`; `-` for no time. */
export function clock(epochMs: number | undefined): string {
  const date = new Date(epochMs ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '-';
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local date and time, `YYYY-MM-DD HH:MM:SS`; `-` for no time. */
export function stamp(epochMs: number | undefined): string {
  const date = new Date(epochMs ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '-';
  const year = String(date.getFullYear()).padStart(4, '0');
  return `${year}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(epochMs)}`;
}
