import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointOf, knownRegions } from './api/endpoints.ts';
import { type Chord, parseChord } from './keys/chord.ts';
import { clean } from './lib/clean.ts';
import { nearest } from './lib/words.ts';

/** What a person set for every start. Flags beat the environment, and that beats this. */
export interface Config {
  readonly region?: string;
  /** A profile of `~/.aliyun/config.json`, used where neither flag nor environment say who acts. */
  readonly profile?: string;
  /** Seconds from an answer to the next question, 0.5 to 3600. */
  readonly refresh?: number;
  readonly readonly?: boolean;
  readonly ascii?: boolean;
  /** Milliseconds an ESC waits for the rest of a key, 20 to 2000. */
  readonly escMs?: number;
  /** Profiles in which dangerous actions ask more strictly. */
  readonly protected?: readonly string[];
  /** Where uploads go when nobody says: `oss://bucket/prefix/`. */
  readonly uploadTarget?: string;
  /** Regions for the keys 1 to 9, in order. */
  readonly favourites?: readonly string[];
  /** Keys by the id of what they do, in canonical spelling; they take the place of its own. */
  readonly keys?: Readonly<Record<string, readonly Chord[]>>;
}

export interface ConfigOptions {
  /** Reads a file as text; throws what node:fs throws. */
  read?: ((file: string) => string) | undefined;
  /** The ids that `keys` may name; without them any id is taken. */
  bindings?: Iterable<string> | undefined;
}

/** `$XDG_CONFIG_HOME/eas-tui/config.json`, by default under `~/.config`. A relative XDG folder counts for nothing. */
export function configFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env['XDG_CONFIG_HOME'];
  return join(base?.startsWith('/') ? base : join(home, '.config'), 'eas-tui', 'config.json');
}

/**
 * The configuration in a JSON file; a file that is not there is an empty one. Throws an Error of one line that names
 * the file, the key, the value and the mend.
 */
export function readConfig(file: string, { read = readText, bindings }: ConfigOptions = {}): Config {
  let content: string;
  try {
    content = read(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new Error(`${clean(file)} cannot be read (${code})`);
  }
  const parsed = parse(file, content);
  const fail = (key: string, value: unknown, mend: string): never => {
    throw new Error(`${clean(file)}: "${clean(key, 60)}" is ${shown(value)}; ${mend}`);
  };
  if (!isObject(parsed)) throw new Error(`${clean(file)} holds ${shown(parsed)}; it must hold an object: { … }`);
  const known = bindings === undefined ? undefined : [...bindings];
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => {
      if (!Object.hasOwn(readers, key)) throw new Error(`${clean(file)}: ${unknownKey(key, Object.keys(readers))}`);
      const reader = readers[key as keyof Config];
      return [key, reader(value, { key, fail, known })];
    }),
  );
}

interface Place {
  key: string;
  fail: (key: string, value: unknown, mend: string) => never;
  /** The ids of bindings, if they are known. */
  known: readonly string[] | undefined;
}

type Readers = { [Key in keyof Config]-?: (value: unknown, place: Place) => NonNullable<Config[Key]> };

const readers: Readers = {
  region: readRegion,
  profile: readName,
  refresh: (value, place) => readNumber(value, place, { from: 0.5, to: 3600, unit: 'seconds' }),
  readonly: readFlag,
  ascii: readFlag,
  escMs: (value, place) => readNumber(value, place, { from: 20, to: 2000, unit: 'milliseconds' }),
  protected: (value, place) => readList(value, place, readName, 'a list of profile names such as ["prod"]'),
  uploadTarget(value, place) {
    const text = readName(value, place);
    return /^oss:\/\/[^/]+/.test(text) ? text : place.fail(place.key, value, 'write oss://bucket/prefix/');
  },
  favourites(value, place) {
    const regions = readList(value, place, readRegion, 'a list of regions such as ["cn-shanghai"]');
    if (regions.length > 9)
      place.fail(place.key, value, `there are 9 keys for ${regions.length} regions; leave some out`);
    const twice = regions.find((region, index) => regions.indexOf(region) !== index);
    if (twice !== undefined) place.fail(place.key, value, `"${twice}" is in it twice; leave one out`);
    return regions;
  },
  keys(value, place) {
    if (!isObject(value)) return place.fail(place.key, value, 'write an object such as {"stop": "S"}');
    const entries = Object.entries(value).map(([id, chords]): [string, Chord[]] => {
      const key = `keys.${id}`;
      if (place.known !== undefined && !place.known.includes(id)) {
        const meant = nearest(id, place.known);
        place.fail(
          key,
          chords,
          meant ? `no key does "${clean(id, 40)}"; did you mean "${meant}"?` : 'no key does that',
        );
      }
      const spellings = Array.isArray(chords) ? chords : [chords];
      if (spellings.length === 0) place.fail(key, chords, 'name at least one key');
      return [key.slice('keys.'.length), [...new Set(spellings.map((one) => readChord(one, key, place)))]];
    });
    return Object.fromEntries(entries);
  },
};

function readRegion(value: unknown, { key, fail }: Place): string {
  const mend = 'write a region id such as "cn-shanghai"';
  if (typeof value !== 'string') return fail(key, value, mend);
  try {
    endpointOf(value);
  } catch {
    const meant = nearest(value, knownRegions);
    return fail(key, value, meant ? `did you mean "${meant}"?` : mend);
  }
  return value;
}

function readName(value: unknown, { key, fail }: Place): string {
  return typeof value === 'string' && value.trim() !== '' ? value : fail(key, value, 'write the name of a profile');
}

function readFlag(value: unknown, { key, fail }: Place): boolean {
  return typeof value === 'boolean' ? value : fail(key, value, 'write true or false');
}

function readNumber(
  value: unknown,
  { key, fail }: Place,
  { from, to, unit }: { from: number; to: number; unit: string },
): number {
  const fits = typeof value === 'number' && value >= from && value <= to;
  return fits ? value : fail(key, value, `write ${unit} from ${from} to ${to}`);
}

function readList<T>(value: unknown, place: Place, one: (value: unknown, place: Place) => T, what: string): T[] {
  if (!Array.isArray(value)) return place.fail(place.key, value, `write ${what}`);
  return value.map((item, index) => one(item, { ...place, key: `${place.key}[${index}]` }));
}

function readChord(value: unknown, key: string, { fail }: Place): Chord {
  if (typeof value !== 'string') return fail(key, value, 'write a key such as "ctrl-d", or a list of keys');
  try {
    return parseChord(value);
  } catch (error) {
    return fail(key, value, error instanceof Error ? error.message : 'it is no key');
  }
}

function parse(file: string, content: string): unknown {
  const text = content.replace(/^\ufeff/, '');
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const at = /at position (\d+)/.exec(said)?.[1];
    const line = at === undefined ? '' : ` (line ${text.slice(0, Number(at)).split('\n').length})`;
    throw new Error(`${clean(file)} is not valid JSON${line}: JSON has no comments and no comma after the last entry`);
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return `there is no setting "${clean(key, 60)}"; ${meant ? `did you mean "${meant}"?` : `there are ${known.join(', ')}`}`;
}

function shown(value: unknown): string {
  return clean(JSON.stringify(value) ?? value, 60);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
