import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['src/testing/global-setup.ts'],
    // What hangs ends; a machine that is slow, or busy with other work, must not look like it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // One more than the cores that this is meant for: many tests wait for processes to end, start or come back.
    maxWorkers: 3,
  },
});
