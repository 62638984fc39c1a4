import { containers } from './containers.ts';
import { events } from './events.ts';
import { groups } from './groups.ts';
import { instances } from './instances.ts';
import { ledger } from './ledger.ts';
import { nodeWorkers } from './node-workers.ts';
import { resources } from './resources.ts';
import { services } from './services.ts';
import { uploads } from './uploads.ts';
import { versions } from './versions.ts';
import { workers } from './workers.ts';

/** Every screen there is, one line each. The first is where the program opens. */
export const screens = [
  services,
  workers,
  containers,
  versions,
  events,
  groups,
  resources,
  instances,
  nodeWorkers,
  uploads,
  ledger,
] as const;
