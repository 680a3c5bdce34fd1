/** cosines[u * 8 + x] = C(u) / 2 * cos((2 x + 1) u pi / 16), T.81, A.3.3. */
const cosines = Float64Array.from({ length: 64 }, (_value, index) => {
  const u = index >> 3;
  return (u === 0 ? Math.SQRT1_2 : 1) / 2 * Math.cos(((2 * (index & 7) + 1) * u * Math.PI) / 16);
});
const between = new Float64Array(64);

/** Forward DCT and quantisation of one block; both in natural order, samples already shifted by 128. */
export function transformBlock(samples: Float64Array, table: Uint8Array, coefficients: Int32Array): void {
  eightTransforms(samples, between);
  eightTransforms(between, samples);
  for (let i = 0; i < 64; i += 1) coefficients[i] = Math.round(samples[i]! / table[i]!);
}

/** Transforms each row and writes it as a column, so that two passes are rows and then columns in natural order. Even and odd parts apart: 32 products a row. */
function eightTransforms(from: Float64Array, to: Float64Array): void {
  for (let row = 0; row < 8; row += 1) {
    const at = row * 8;
    const a = from[at]!, b = from[at + 1]!, c = from[at + 2]!, d = from[at + 3]!;
    const e = from[at + 4]!, f = from[at + 5]!, g = from[at + 6]!, h = from[at + 7]!;
    const s0 = a + h, s1 = b + g, s2 = c + f, s3 = d + e;
    const d0 = a - h, d1 = b - g, d2 = c - f, d3 = d - e;
    for (let u = 0; u < 8; u += 2) {
      const k = u * 8;
      to[u * 8 + row] = s0 * cosines[k]! + s1 * cosines[k + 1]! + s2 * cosines[k + 2]! + s3 * cosines[k + 3]!;
      to[u * 8 + 8 + row] = d0 * cosines[k + 8]! + d1 * cosines[k + 9]! + d2 * cosines[k + 10]! + d3 * cosines[k + 11]!;
    }
  }
}
