import { createHash } from 'node:crypto';

/** Langfuse's older clients make ids of any form; Steward's are those of OpenTelemetry. The same id is always the same. */
export const traceIdOf = (given: string) => hexOf(given.replaceAll('-', ''), given, 32);
export const spanIdOf = (given: string) => hexOf(given, given, 16);

/** The span that stands for a whole trace: there, a trace is a thing with a name and an input of its own. */
export const rootIdOf = (trace: string) => spanIdOf(`trace ${trace}`);

function hexOf(bare: string, given: string, digits: number): string {
  const isOne = bare.length === digits && /^[0-9a-f]*[1-9a-f][0-9a-f]*$/i.test(bare);
  return isOne ? bare.toLowerCase() : createHash('sha256').update(given).digest('hex').slice(0, digits);
}
