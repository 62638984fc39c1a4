/** A terminal's stream of which nobody else writes a byte. */
export interface OwnOutput {
  readonly stdout: NodeJS.WriteStream;
  /** Lets others write again. */
  release(): void;
}

/**
 * Keeps a stream to whoever has the answer: what libraries and Node.js itself (warnings) write to it meanwhile, or to
 * `others`, would move the rows of the screen and has no reader there; it is dropped.
 */
export function takeOutput(stdout: NodeJS.WriteStream, ...others: NodeJS.WriteStream[]): OwnOutput {
  const write = stdout.write.bind(stdout);
  const taken = [stdout, ...others].map((stream) => ({ stream, write: stream.write }));
  const drop = (...parameters: unknown[]): boolean => {
    const done = parameters.findLast((part) => typeof part === 'function') as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };
  for (const { stream } of taken) stream.write = drop as typeof stream.write;
  return {
    stdout: new Proxy(stdout, {
      get(target, key) {
        if (key === 'write') return write;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    release() {
      for (const { stream, write: own } of taken) stream.write = own;
    },
  };
}
