// Where the pins of incidents stand on the map: beside their places, on no name, no station and no other pin; and an
// arrow at the edge for each one that is out of sight.

const SIZE = { x: 72, y: 30 }; // pixels of a pin
const ABOVE = [0, -28]; // of the middle of a pin to its place
const AROUND = [50, 85, 125, 170].flatMap((far) => [[0, -1], [1, -0.5], [-1, -0.5], [1, 0.5], [-1, 0.5], [0, 1]].map(([x, y]) => [x * far, y * far]));
const EDGE = 34; // pixels of an arrow's middle from the edge

function boxAround({ x, y }, size = SIZE) {
  return { left: x - size.x / 2, right: x + size.x / 2, top: y - size.y / 2, bottom: y + size.y / 2 };
}

function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

// Returns for each place (pixels) where the middle of its pin stands; `taken` are boxes that none may cover.
export function spread(places, taken) {
  const all = [...taken];
  return places.map(({ x, y }) => {
    const choices = [ABOVE, ...AROUND].map(([dx, dy]) => ({ x: x + dx, y: y + dy }));
    const free = choices.find((one) => !all.some((box) => meet(boxAround(one), box))) ?? choices[0];
    all.push(boxAround(free));
    return free;
  });
}

// Returns where an arrow to a point (pixels) stands on a map of this size, and its angle; null where the point is seen.
export function arrowTo({ x, y }, size) {
  if (x >= 0 && y >= 0 && x <= size.x && y <= size.y) return null;
  const clamp = (value, most) => Math.min(Math.max(value, EDGE), most - EDGE);
  return { x: clamp(x, size.x), y: clamp(y, size.y), angle: Math.atan2(y - size.y / 2, x - size.x / 2) };
}
