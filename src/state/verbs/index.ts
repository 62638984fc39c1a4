import type { Verb } from '../desk.ts';
import { labelVerbs } from './label.ts';
import { nodeVerbs } from './nodes.ts';

/** Every verb there is, one line each. */
export const verbs: readonly Verb[] = [...labelVerbs, ...nodeVerbs];
