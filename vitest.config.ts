import { relative } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that look at their own process, or change what all of it shares: each has one of its own. */
const alone = [
  'src/features/telemetry/ingest/{exporters,hostile}.test.ts',
  'src/features/telemetry/langfuse/clients.test.ts',
  'src/features/telemetry/ledger/fuzz.test.ts',
  'src/features/telemetry/otlp/clients/*.test.ts',
  'src/platform/tracing.test.ts',
  'src/stores/bare.test.ts',
  'src/surfaces/web/*.test.ts',
];

/** The files that take longest, longest first: begun last, one of them would keep a core busy and leave the others idle. */
const long = [
  'src/surfaces/web/web.test.ts',
  'src/features/telemetry/ledger/fuzz.test.ts',
  'src/features/telemetry/privacy/erasing.test.ts',
  'src/features/audit/audit.test.ts',
  'src/siege.test.ts',
  'src/serve.test.ts',
  'src/features/backup/backup.test.ts',
  'src/surfaces/http/matrix.test.ts',
  'src/together.test.ts',
  'src/stores/kill.test.ts',
  'src/features/audit/endings.test.ts',
];

/** Those with a process of their own first, as a process that is shared ends where one of them comes between; then by how long they take. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification) => {
      const at = long.indexOf(relative(import.meta.dirname, moduleId));
      return (project.name === 'alone' ? 0 : long.length + 1) + (at < 0 ? long.length : at);
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const include = ['src/**/*.test.ts', 'bench/**/*.test.ts'];
const exclude = configDefaults.exclude;

export default defineConfig({
  test: {
    globalSetup: ['src/testing/global-setup.ts'],
    // What hangs ends; a machine that is slow, or busy with other work, must not look like it.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 120_000,
    pool: 'forks',
    // Twice the cores that this is meant for: many tests wait for processes to end, start or come back.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'alone', include: alone, exclude } },
      // To load the product anew for each file took a sixth of the processor time of all tests.
      { extends: true, test: { name: 'shared', include, exclude: [...exclude, ...alone], isolate: false } },
    ],
  },
});
