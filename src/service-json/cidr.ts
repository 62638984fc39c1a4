/** Ranges of PAI-EAS itself; the eascmd reference advises against them. */
const RESERVED = ['10.0.0.0/8', '10.224.0.0/16', '10.240.0.0/16'];

interface Range {
  first: number;
  last: number;
}

function rangeOf(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || bits > 32) return undefined;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

/** What is wrong with an IPv4 range such as `192.168.0.0/16`, in words; `undefined` if nothing is. */
export function rangeProblem(text: string): string | undefined {
  const range = rangeOf(text.trim());
  if (!range) return `${JSON.stringify(text)} is no IPv4 range: write one such as 192.168.0.0/16`;
  const hit = RESERVED.filter((reserved) => {
    const other = rangeOf(reserved);
    return other && range.first <= other.last && other.first <= range.last;
  });
  // The first reserved range covers the others; the narrower one says more, unless the whole is meant.
  const named = hit.includes(text.trim()) ? text.trim() : hit.at(-1);
  if (named === undefined) return undefined;
  const overlap = named === text.trim() ? `${named} is a range` : `${text.trim()} overlaps ${named},`;
  return `${overlap} which PAI-EAS uses itself: calls may go astray; use another range`;
}
