import { Agent } from 'node:http';
import { join } from 'node:path';
import { connectTelemetry, type Telemetry } from '../telemetry/telemetry.ts';

/** The telemetry of a running Steward as it lies there, over every wall: asks the socket of its engine. */
export function telemetryOf(dataDir: string): Telemetry {
  const agent = new Agent({ socketPath: join(dataDir, 'telemetry', 'run', 'telemetry.sock'), keepAlive: true } as object);
  const nothing = () => Promise.resolve();
  const backing = { ready: nothing, pid: () => undefined, kill: () => undefined, close: nothing };
  return connectTelemetry({ url: 'http://telemetry.local', agent, backing });
}
