/** Stands in a row for the JSON text of a value: it is written as such, without that the text is made before. */
export class AsJson {
  value: unknown = null;
}
