import { graphemes } from '../lib/width.ts';

/** What a key belongs to in the help; also the order of its sections. */
export type Group = 'act' | 'view' | 'move' | 'mark' | 'app';

/**
 * One key, declared once: dispatch, the hint bar, the help screen and the table in the README read this record.
 * `Context` is what the handlers work on; the tables in this folder are written against `Commands`.
 */
export interface Binding<Context> {
  readonly id: string;
  /** Chords as src/keys/chord.ts spells them. The first is the one shown. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: Group;
  /** Rank in the hint bar, lowest first. Absent: the key is in the help only. */
  readonly hint?: number;
  /** It is about the terminal, not about what is shown: no layer above keeps it asleep. */
  readonly always?: boolean;
  /** Why the key does nothing at this moment, in words a person can act on. Absent or undefined: it works. */
  off?(context: Context): string | undefined;
  run(context: Context): void;
}

/** Keys that are alive together. Layers are stacked: the topmost one that knows a chord gets it. */
export interface Layer<Context> {
  readonly id: string;
  readonly title: string;
  readonly bindings: readonly Binding<Context>[];
  /** Chords this layer does not know go no further: a dialog keeps the table's keys asleep. */
  readonly modal?: boolean;
  /** A text field: takes every printable chord before any binding sees it. */
  type?(context: Context, text: string): void;
}

export type Outcome =
  | { kind: 'ran'; id: string }
  | { kind: 'typed' }
  | { kind: 'off'; reason: string }
  | { kind: 'unknown' };

const printable = (chord: string): boolean => chord === 'space' || graphemes(chord).length === 1;

/** Gives a chord to the topmost layer that wants it. `layers` is ordered bottom to top. */
export function dispatch<Context>(layers: readonly Layer<Context>[], chord: string, context: Context): Outcome {
  let asleep = false;
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index];
    if (!layer) continue;
    if (!asleep && layer.type && printable(chord)) {
      layer.type(context, chord === 'space' ? ' ' : chord);
      return { kind: 'typed' };
    }
    const binding = layer.bindings.find(({ keys, always }) => keys.includes(chord) && (!asleep || always));
    if (binding) {
      const reason = binding.off?.(context);
      if (reason !== undefined) return { kind: 'off', reason };
      binding.run(context);
      return { kind: 'ran', id: binding.id };
    }
    asleep ||= layer.modal === true;
  }
  return { kind: 'unknown' };
}

/** The bindings that can be reached now: those of the top layers down to the first modal one, top first. */
export function reachable<Context>(layers: readonly Layer<Context>[]): readonly Binding<Context>[] {
  const found: Binding<Context>[] = [];
  const taken = new Set<string>();
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index];
    if (!layer) continue;
    for (const binding of layer.bindings) {
      if (binding.keys.some((key) => !taken.has(key))) found.push(binding);
    }
    for (const binding of layer.bindings) for (const key of binding.keys) taken.add(key);
    if (layer.modal) break;
  }
  return found;
}
