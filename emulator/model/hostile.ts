import { admit, buildService } from './build.ts';
import type { Lifecycle } from './lifecycle.ts';
import { addEvent, setStatus, type World } from './world.ts';

/** Text that would harm a terminal or a layout if it were shown as it came. */
const texts: readonly string[] = [
  '\u001b[2J\u001b[H\u001b[31mred all over\u001b[0m',
  '\u001b]52;c;cm0gLXJmIC8=\u0007clipboard',
  '\u001b]0;a new title\u0007',
  'two\nlines\r\nand\ttabs\bback',
  'right to left \u202Eevil\u202C and \u2066isolated\u2069',
  'zero\u200Bwidth\u200D \u00ADsoft \uFEFFbom',
  'combining Z\u0351\u036B\u0343\u036A\u0302\u0363\u0311 and wide 服务，状态：正常 👩‍👩‍👧‍👦 🇨🇳',
  'undefined',
  'null',
  '[object Object]',
  '\u009b31mC1 control',
  `long ${'x'.repeat(300)}`,
];

/** Services whose names, messages, labels and events hold such text; one for each. */
export function populateHostile(world: World, lifecycle: Lifecycle): void {
  const now = world.clock.now();
  texts.forEach((text, i) => {
    const name = i % 2 === 0 ? `hostile_${i}` : `hostile_${i}_${text}`;
    const service = buildService(
      world,
      name,
      { name, metadata: { instance: 1, cpu: 1, memory: 1000 } },
      now - i * 1000,
    );
    admit(world, service);
    lifecycle.workers.settle(service, now - 60_000);
    setStatus(service, i % 3 === 0 ? 'Failed' : 'Running', text);
    service.labels = { [`label ${text}`]: text };
    addEvent(world, service, { type: 'Warning', reason: text, message: text });
  });
}
