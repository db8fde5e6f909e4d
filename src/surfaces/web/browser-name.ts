const browsers = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const systems = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
] as const;

/** What a browser says of itself, in the words of people: enough to know one's own again. */
export function browserName(said: string | null): string {
  const named = (known: readonly (readonly [RegExp, string])[]) => known.find(([mark]) => mark.test(said ?? ''))?.[1];
  const browser = named(browsers) ?? 'Another program';
  const system = named(systems);
  return system ? `${browser} on ${system}` : browser;
}
