import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { EAS_TUI_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Long journeys have a run of their own: npm run test:long.
    exclude: ['**/node_modules/**', '**/*.long.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // Tests that say they are concurrent mostly wait.
    maxConcurrency: 10,
  },
});
