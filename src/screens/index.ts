import { ledger } from './ledger.ts';
import { services } from './services.ts';
import { workers } from './workers.ts';

/** Every screen there is, one line each. The first is where the program opens. */
export const screens = [services, workers, ledger] as const;
