// One process of this checkout at a time: the file names who is at work.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** After that, whoever has the number in the file is somebody else. */
const LONGEST_MS = 15 * 60_000;

/**
 * Waits until nobody else does such work, then does it.
 * @param {string} file What tells that somebody does.
 * @param {() => Promise<void>} work
 */
export async function alone(file, work) {
  for (let told = false; !take(file); await sleep(200)) {
    if (isLeft(file)) rmSync(file, { force: true });
    else if (!told) console.error('Another Steward is setting up this directory. Waiting for it …');
    told = true;
  }
  const leave = () => rmSync(file, { force: true });
  // A failed installation ends the process where it stands.
  process.once('exit', leave);
  try {
    await work();
  } finally {
    leave();
    process.off('exit', leave);
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether its process ended without taking the file away. @param {string} file */
function isLeft(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > LONGEST_MS) return true;
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
