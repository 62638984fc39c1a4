import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { EAS_TUI_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
