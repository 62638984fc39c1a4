// Every screen there is, one line each.
export { containers } from './containers.ts';
export { events } from './events.ts';
export { groups } from './groups.ts';
export { instances } from './instances.ts';
export { ledger } from './ledger.ts';
export { nodeWorkers } from './node-workers.ts';
export { resources } from './resources.ts';
export { services } from './services.ts';
export { uploads } from './uploads.ts';
export { versions } from './versions.ts';
export { workers } from './workers.ts';
