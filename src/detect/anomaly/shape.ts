import { seededRandom } from '../math/random.ts';
import type { Component } from './components.ts';

/** Shapes remembered; a uniform sample of all seen once there are more. */
const MEMORY = 600;
/** With fewer shapes nothing is new. */
const FEWEST = 20;
const SEED = 1;

/** Distance of the last values, as a shape, from the nearest shape seen before (nearest-neighbour discord). */
export class NewShape implements Component {
  #length: number;
  #recent: number[] = [];
  #shapes: Float64Array[] = [];
  #offered = 0;
  #random = seededRandom(SEED);

  constructor(length: number) {
    this.#length = length;
  }

  oddness(value: number): number {
    this.#recent.push(value);
    if (this.#recent.length > 2 * this.#length) this.#recent.shift();
    if (this.#recent.length < this.#length) return 0;
    const odd = this.#shapes.length > FEWEST ? Math.sqrt(this.#nearest(this.#recent.slice(-this.#length))) : 0;
    // A shape is learned once it no longer overlaps the present one, or every shape would find itself.
    if (this.#recent.length === 2 * this.#length) this.#learn(Float64Array.from(this.#recent.slice(0, this.#length)));
    return odd;
  }

  #nearest(shape: readonly number[]): number {
    let nearest = Infinity;
    for (const known of this.#shapes) {
      let distance = 0;
      for (let k = 0; k < shape.length && distance < nearest; k++) distance += (shape[k]! - known[k]!) ** 2;
      nearest = Math.min(nearest, distance);
    }
    return nearest;
  }

  #learn(shape: Float64Array): void {
    this.#offered++;
    const place = this.#shapes.length < MEMORY ? this.#shapes.length : Math.floor(this.#random() * this.#offered);
    if (place < MEMORY) this.#shapes[place] = shape;
  }
}
