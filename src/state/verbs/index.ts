import type { Verb } from '../desk.ts';

/** Every verb there is, one line each. */
export const verbs: readonly Verb[] = [];
