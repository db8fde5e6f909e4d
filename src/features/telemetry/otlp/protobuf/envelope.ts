import { Malformed } from '../failure.ts';
import type { Intake } from '../intake.ts';
import type { Attributes, Resource, Scope } from '../wire.ts';
import { bytes, type Reader } from './reader.ts';
import { readAttribute } from './values.ts';

const FIRST = bytes(1);
const SECOND = bytes(2);

/** Whose item it is. */
export interface Origin {
  readonly resource: Resource;
  readonly scope: Scope;
}

/**
 * Reads a request of any signal item by item, as they are asked for: resources hold scopes, scopes hold items, under the same
 * field numbers everywhere. `readItem` reads the one span or record at the reader's place, within the message already entered.
 * A broken item is rejected and counted; a broken envelope is thrown.
 */
export function* readEnvelope<T extends object>(
  reader: Reader,
  intake: Intake,
  readItem: (of: Origin) => T | null,
): Generator<T, void> {
  for (const origin of placesIn(reader, intake)) {
    const item = intake.begin() ? readOrReject(reader, intake, () => readItem(origin)) : null;
    if (item) yield item;
  }
}

/** The places of the items, one after the other: the reader stands before each when it is answered. */
export function* placesIn(reader: Reader, intake: Intake): Generator<Origin, void> {
  while (reader.next()) {
    if (reader.tag === FIRST) yield* placesInResource(reader, intake);
    else reader.skip();
  }
}

function* placesInResource(reader: Reader, intake: Intake): Generator<Origin, void> {
  intake.beginGroup();
  const outer = reader.enter();
  const attributes: Attributes = new Map();
  const places = placesOf(
    reader,
    () => readResource(reader, intake, attributes),
    () => intake.beginGroup(),
  );
  for (const place of places) {
    reader.at = place;
    yield* placesInScope(reader, intake, { attributes });
  }
  reader.leave(outer);
}

/** Where the second fields are, once the first is read: what comes first on the wire is up to the client. */
function placesOf(reader: Reader, readFirst: () => void, passSecond?: () => void): number[] {
  const places: number[] = [];
  while (reader.next()) {
    if (reader.tag === FIRST) readFirst();
    else {
      if (reader.tag === SECOND) {
        places.push(reader.at);
        passSecond?.();
      }
      reader.skip();
    }
  }
  return places;
}

function readResource(reader: Reader, intake: Intake, into: Attributes): void {
  const outer = reader.enter();
  intake.beginAttributes();
  while (reader.next()) {
    if (reader.tag === FIRST) readAttribute(reader, intake, into);
    else reader.skip();
  }
  reader.leave(outer);
}

function* placesInScope(reader: Reader, intake: Intake, resource: Resource): Generator<Origin, void> {
  const outer = reader.enter();
  const scope = { name: '', version: '' };
  const places = placesOf(reader, () => readScope(reader, intake, scope));
  const origin: Origin = { resource, scope };
  for (const place of places) {
    reader.at = place;
    yield origin;
  }
  reader.leave(outer);
}

function readScope(reader: Reader, intake: Intake, into: { name: string; version: string }): void {
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag === FIRST) into.name = reader.text(intake.limits.keyBytes);
    else if (reader.tag === SECOND) into.version = reader.text(intake.limits.keyBytes);
    else reader.skip();
  }
  reader.leave(outer);
}

/** What is wrong inside an item stays there: its length was good, so the next one is found. */
export function readOrReject<T>(reader: Reader, intake: Intake, read: () => T): T | null {
  const outer = reader.enter();
  const end = reader.end;
  let found: T | null = null;
  try {
    found = read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    intake.reject('malformed');
  }
  reader.at = reader.end = end;
  reader.leave(outer);
  return found;
}
