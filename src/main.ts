/** Builds the system and starts what was asked for. */
export async function main(argv: string[]): Promise<void> {
  console.log('steward', argv.join(' '));
}
