import { Malformed } from '../failure.ts';
import type { Intake } from '../intake.ts';
import type { Attributes, Resource, Scope } from '../wire.ts';
import { bytes, type Reader } from './reader.ts';
import { readAttribute } from './values.ts';

const FIRST = bytes(1);
const SECOND = bytes(2);

/** Reads the one span, record or metric at the reader's place, within the message already entered. */
export type ReadItem = (resource: Resource, scope: Scope) => void;

/**
 * Walks a request of any signal: resources hold scopes, scopes hold items, under the same field numbers everywhere.
 * A broken item is rejected and counted; a broken envelope is thrown.
 */
export function readEnvelope(reader: Reader, intake: Intake, readItem: ReadItem): void {
  walkEnvelope(reader, intake, (resource, scope) => {
    if (intake.begin()) readOrReject(reader, intake, () => readItem(resource, scope));
  });
}

/** The same where the items themselves are not what is counted. Each is visited before it is entered. */
export function walkEnvelope(reader: Reader, intake: Intake, visit: ReadItem): void {
  while (reader.next()) {
    if (reader.tag === FIRST) readResourceItems(reader, intake, visit);
    else reader.skip();
  }
}

function readResourceItems(reader: Reader, intake: Intake, visit: ReadItem): void {
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
    readScopeItems(reader, intake, { attributes }, visit);
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

function readScopeItems(reader: Reader, intake: Intake, resource: Resource, visit: ReadItem): void {
  const outer = reader.enter();
  const scope = { name: '', version: '' };
  const places = placesOf(reader, () => readScope(reader, intake, scope));
  for (const place of places) {
    reader.at = place;
    visit(resource, scope);
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
export function readOrReject(reader: Reader, intake: Intake, read: () => void): void {
  const outer = reader.enter();
  const end = reader.end;
  try {
    read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    intake.reject('malformed');
  }
  reader.at = reader.end = end;
  reader.leave(outer);
}
