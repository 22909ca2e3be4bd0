/**
 * Draws docs/images/icon.png: a plumb line, which shows the true vertical, beside one that has drifted. Needs nothing
 * but Node, so that the picture can be changed by whoever can read this.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SIZE = 128;
/** Samples for each pixel in each direction, so that edges are smooth. */
const SAMPLES = 4;

/** @typedef {readonly [number, number, number, number]} Colour red, green, blue, alpha from 0 to 1 */

const NIGHT = /** @type {Colour} */ ([0.11, 0.2, 0.32, 1]);
const CHALK = /** @type {Colour} */ ([0.95, 0.96, 0.97, 1]);
const BRASS = /** @type {Colour} */ ([0.87, 0.68, 0.29, 1]);
const SHADE = /** @type {Colour} */ ([0.7, 0.51, 0.18, 1]);
const FAINT = /** @type {Colour} */ ([0.9, 0.42, 0.36, 0.85]);
const NOTHING = /** @type {Colour} */ ([0, 0, 0, 0]);

/** The colour of the point, in a picture from 0 to 128; what stands first lies on top. @param {number} x @param {number} y */
function colourAt(x, y) {
  if (!inRoundedSquare(x, y, 24)) return NOTHING;
  const middle = 64;
  // The bob: a cap, a belly and a point.
  const half = bobHalfWidth(y);
  if (half > 0 && Math.abs(x - middle) <= half) return x < middle + half * 0.35 ? BRASS : SHADE;
  if (Math.abs(x - middle) <= 2.2 && y > 14 && y < 74) return CHALK;
  if (Math.hypot(x - middle, y - 17) < 5.5) return CHALK;
  // What has drifted: a dashed line from the same nail.
  const along = y - 17;
  const drifted = middle + along * 0.36;
  if (along > 6 && y < 110 && Math.abs(x - drifted) <= 1.9 && along % 13 < 8) return FAINT;
  return NIGHT;
}

/** @param {number} y */
function bobHalfWidth(y) {
  if (y >= 70 && y < 76) return 5;
  if (y >= 76 && y < 80) return 5 + (y - 76) * 2.4;
  if (y >= 80 && y < 88) return 14.6;
  if (y >= 88 && y <= 116) return 14.6 * (1 - (y - 88) / 28);
  return 0;
}

/** @param {number} x @param {number} y @param {number} radius */
function inRoundedSquare(x, y, radius) {
  const dx = Math.max(radius - x, x - (SIZE - radius), 0);
  const dy = Math.max(radius - y, y - (SIZE - radius), 0);
  return Math.hypot(dx, dy) <= radius;
}

/** @param {number} column @param {number} row @returns {number[]} four bytes */
function pixel(column, row) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const x = column + ((i % SAMPLES) + 0.5) / SAMPLES;
    const y = row + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES;
    const [red, green, blue, alpha] = colourAt(x, y);
    for (const [index, value] of [red * alpha, green * alpha, blue * alpha, alpha].entries())
      sum[index] = (sum[index] ?? 0) + value;
  }
  const [red = 0, green = 0, blue = 0, alpha = 0] = sum;
  const opaque = alpha === 0 ? 1 : alpha;
  const byte = (/** @type {number} */ value) => Math.round(value * 255);
  return [byte(red / opaque), byte(green / opaque), byte(blue / opaque), byte(alpha / SAMPLES ** 2)];
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

const rows = Array.from({ length: SIZE }, (_, row) =>
  // Each row begins with its filter: none.
  Buffer.from([0, ...Array.from({ length: SIZE }, (_, column) => pixel(column, row)).flat()]),
);
const header = Buffer.alloc(13);
header.writeUInt32BE(SIZE, 0);
header.writeUInt32BE(SIZE, 4);
// Eight bits a channel, red, green, blue and alpha.
header.set([8, 6, 0, 0, 0], 8);
const png = Buffer.concat([
  Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
  chunk("IHDR", header),
  chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
  chunk("IEND", Buffer.alloc(0)),
]);
mkdirSync(path.join(root, "docs/images"), { recursive: true });
writeFileSync(path.join(root, "docs/images/icon.png"), png);
console.log(`docs/images/icon.png: ${png.length} bytes`);
