import type { LedgerRow, Settled } from '../../screens/ledger.ts';
import type { Verb } from '../desk.ts';

const outcomes: readonly { readonly label: Settled; readonly note: string }[] = [
  { label: 'was done', note: 'the service shows it' },
  { label: 'not done', note: 'the service is as it was before' },
];

/** Writes into the ledger how an action ended of which no answer came. Until then each start of the program tells of it. */
export const settle: Verb = {
  id: 'settle',
  title: 'say how it ended',
  keys: ['s'],
  group: 'act',
  hint: 20,
  screen: 'ledger',
  usage: '',
  // Nothing of the service changes: who may only look may find out as well.
  writes: false,
  off(desk) {
    const row = desk.row('ledger') as LedgerRow | undefined;
    if (!row) return 'there is no entry here; L shows them';
    return row.outcome === 'unknown' ? undefined : `it is known how it ended: ${row.outcome ?? '-'}`;
  },
  run(desk, [more]) {
    const row = desk.row('ledger') as LedgerRow | undefined;
    if (!row || more !== undefined) return 'open an entry of the ledger and write :settle';
    desk.menu(`how did it end? ${row.words}`, outcomes, (index) => {
      const chosen = outcomes[index]?.label;
      if (chosen === undefined) return;
      void desk.client.ledger.settle(row.id, chosen).then((kept) => {
        if (kept) desk.tell('ok', `${row.words}: ${chosen}, written into the ledger`);
        else desk.tell('bad', `${row.words}: the ledger cannot be written; it stays unknown`);
        desk.poller.now();
      });
    });
    return undefined;
  },
};
