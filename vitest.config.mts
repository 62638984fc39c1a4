import { defineConfig } from 'vitest/config';

/** `--mode long` runs the long journeys, and only those: npm run test:long. */
export default defineConfig(({ mode }) => {
  const long = mode === 'long';
  return {
    define: { EAS_TUI_VERSION: JSON.stringify('0.0.0-test') },
    test: {
      // No test opens the editor of whoever runs it.
      env: { EDITOR: 'false', VISUAL: '' },
      include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.{ts,tsx}'],
      exclude: ['**/node_modules/**', ...(long ? [] : ['**/*.long.test.ts'])],
      testTimeout: long ? 300_000 : 30_000,
      hookTimeout: long ? 120_000 : 30_000,
      // Some of the long ones measure: they have the machine for themselves.
      maxWorkers: long ? 1 : 2,
      // Tests that say they are concurrent mostly wait.
      maxConcurrency: 10,
    },
  };
});
