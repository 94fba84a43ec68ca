/** Joins the names that are there; CSS modules hand out `string | undefined`. */
export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === 'string').join(' ');
}
