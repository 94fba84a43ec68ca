/** The tape is the first canvas of the deck, the meters are the second. */
export const TAPE = 0;
export const METERS = 1;

export function canvas(index: typeof TAPE | typeof METERS): HTMLCanvasElement {
  const found = document.querySelectorAll('canvas')[index];
  if (found === undefined) throw new Error('there is no canvas');
  return found;
}

/** The canvas's pixels, each as red, green, blue and opacity. */
export function pictureOf(of: HTMLCanvasElement): readonly string[] {
  return colours(pixels(of, 0, of.width));
}

/** The pixels of one column, from the top. */
export function columnColours(of: HTMLCanvasElement, x: number): readonly string[] {
  return colours(pixels(of, x, 1));
}

/** The colour of a custom property of the page, in the form of a pixel. */
export function rgb(name: string): string {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const parts = [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16));
  return [...parts, 255].join(' ');
}

/** The first ten differences between two pictures of that width, each with its place. */
export function differences(
  one: readonly string[],
  other: readonly string[],
  width: number,
): readonly string[] {
  const places = one.flatMap((colour, index) => {
    const then = other[index] ?? '';
    const place = `${String(index % width)},${String(Math.floor(index / width))}`;
    return colour === then ? [] : [`${place}: ${colour}, then ${then}`];
  });
  return places.slice(0, 10);
}

function colours(data: Uint8ClampedArray): readonly string[] {
  return Array.from({ length: data.length / 4 }, (_, index) =>
    data.slice(index * 4, index * 4 + 4).join(' '),
  );
}

function pixels(of: HTMLCanvasElement, x: number, width: number): Uint8ClampedArray {
  const data = of.getContext('2d')?.getImageData(x, 0, width, of.height).data;
  if (data === undefined) throw new Error('the canvas has no picture');
  return data;
}
