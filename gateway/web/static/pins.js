// Where the pins of incidents stand on the map: beside their places, on no name, no station and no other pin; and an
// arrow at the edge for each one that is out of sight.

const SIZE = { x: 72, y: 30 }; // pixels of a pin, and of an arrow
const ABOVE = [0, -28]; // from a place to the middle of its pin
const SIDES = [[0, -1], [1, -0.5], [-1, -0.5], [1, 0.5], [-1, 0.5], [0, 1]];
const AROUND = [50, 85, 125, 170].flatMap((far) => SIDES.map(([x, y]) => [x * far, y * far]));
const EDGE = { x: 44, y: 24 }; // from the edge to the middle of an arrow
const STEP = { x: 80, y: 36 }; // to the next place along the edge
const CORNERS = { x: 200, y: 60 }; // the map's own buttons stand there

function boxAround({ x, y }) {
  return { left: x - SIZE.x / 2, right: x + SIZE.x / 2, top: y - SIZE.y / 2, bottom: y + SIZE.y / 2 };
}

function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function isOn({ x, y }, size) {
  return x >= 0 && y >= 0 && x <= size.x && y <= size.y;
}

function isWhole({ left, right, top, bottom }, size) {
  return isOn({ x: left, y: top }, size) && isOn({ x: right, y: bottom }, size);
}

// Returns for each place (pixels) where the middle of its pin stands; `taken` are boxes that none may cover.
export function spread(places, taken, size) {
  const all = [...taken];
  return places.map((place) => {
    const choices = [ABOVE, ...AROUND].map(([dx, dy]) => ({ x: place.x + dx, y: place.y + dy }));
    const fits = (box) => isWhole(box, size) && !all.some((other) => meet(other, box));
    const free = (isOn(place, size) && choices.find((one) => fits(boxAround(one)))) || choices[0];
    all.push(boxAround(free));
    return free;
  });
}

// Returns for each place where an arrow to it stands, and its angle; null for one that is in sight.
export function arrowsTo(places, size) {
  const corners = [0, size.x - CORNERS.x].flatMap((left) => [0, size.y - CORNERS.y].map((top) => (
    { left, right: left + CORNERS.x, top, bottom: top + CORNERS.y })));
  const all = size.x > 3 * CORNERS.x ? corners : [];
  const within = (value, most, edge) => Math.min(Math.max(value, edge), most - edge);
  return places.map((place) => {
    if (isOn(place, size)) return null;
    const at = { x: within(place.x, size.x, EDGE.x), y: within(place.y, size.y, EDGE.y) };
    const [along, most, by] = place.x < 0 || place.x > size.x ? ["y", size.y, STEP.y] : ["x", size.x, STEP.x];
    const choices = [0, 1, -1, 2, -2, 3, -3, 4, -4].map((nth) => ({ ...at, [along]: within(at[along] + nth * by, most, EDGE[along]) }));
    const free = choices.find((one) => !all.some((box) => meet(box, boxAround(one)))) ?? at;
    all.push(boxAround(free));
    return { ...free, angle: Math.atan2(place.y - free.y, place.x - free.x) };
  });
}
