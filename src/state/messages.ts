import type { Tone } from '../screens/define.ts';
import type { Message, Store } from './store.ts';

/** How many messages are kept for `:messages`. */
const kept = 500;

/** Adds a message; the latest is in the last line, all are in `:messages`. */
export function say(store: Store, at: number, tone: Tone, text: string, undoUntil?: number): void {
  store.setState(({ messages }) => {
    const message: Message = { id: (messages.at(-1)?.id ?? 0) + 1, at, tone, text, undoUntil };
    return { messages: [...messages, message].slice(-kept) };
  });
}
