/** Writes entries as fast as it can, as a program of its own. Arguments: file, its name, how many. */
import { createLedger } from '../../src/state/ledger.ts';

const [file = '', name = '', count = '0'] = process.argv.slice(2);
let next = 0;
const ledger = createLedger({
  file,
  who: () => name,
  region: 'cn-shanghai',
  host: 'here',
  pid: process.pid,
  now: Date.now,
  newId: () => `${name}-${++next}`,
  alive: () => true,
  status: () => undefined,
});
for (let left = Number(count); left > 0; left--) {
  const end = await ledger.record({
    action: 'scale',
    operation: 'ScaleService',
    screen: 'services',
    scope: {},
    target: name,
    // Longer than what a pipe or a disk takes at once, at times.
    words: `scale ${name} `.padEnd(left % 50 === 0 ? 9000 : 60, '长'),
    cli: `eascmd modify ${name} -Dmetadata.instance=${left}`,
    before: {},
    after: { totalInstance: left },
  });
  end({ outcome: 'accepted', requestId: `request-${left}`, message: undefined });
}
// On a busy disk the last lines may take longer than anybody who leaves would wait.
await ledger.entries().catch(() => undefined);
await ledger.close();
