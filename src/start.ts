import type { Identity } from './app.tsx';
import { startDemo } from './demo.ts';
import type { Options } from './options.ts';

/** Finds out who acts and where, then runs the program. Answers the exit code. */
export async function start(options: Options, version: string): Promise<number> {
  const demo = options.demo ? await startDemo() : undefined;
  try {
    const identity: Identity = demo
      ? {
          endpoint: demo.endpoint,
          region: demo.region,
          credentials: {
            describe: () => 'demo',
            get: async () => ({ accessKeyId: demo.accessKeyId, accessKeySecret: demo.accessKeySecret }),
          },
        }
      : (() => {
          const { ALIBABA_CLOUD_ACCESS_KEY_ID: id = '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret = '' } = process.env;
          return {
            endpoint: options.endpoint ?? '',
            region: options.region ?? 'cn-shanghai',
            credentials: { describe: () => 'env', get: async () => ({ accessKeyId: id, accessKeySecret: secret }) },
          };
        })();
    const { runApp } = await import('./app.tsx');
    return await runApp(options, identity, version);
  } finally {
    demo?.stop();
  }
}
