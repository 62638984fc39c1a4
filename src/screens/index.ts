import * as all from './all.ts';
import type { Screen } from './define.ts';

/** The screens of src/screens/all.ts. The first is where the program opens. */
export const screens: readonly Screen[] = [
  all.services,
  ...Object.values(all).filter((screen) => screen !== all.services),
];
