// A QR code (ISO/IEC 18004) of the one size we need: version 5 with level L, which holds 106 bytes
// in a single block. Bytes in, rows of dark and light out; no page.

const size = 37;
const dataWords = 108;
const checkWords = 26;
export const qrBytes = 106;

/** Powers of two in GF(256) modulo x^8+x^4+x^3+x^2+1, twice over so that sums need no remainder. */
const powers: number[] = [];
for (let i = 0, x = 1; i < 510; i++) {
    powers.push(x);
    x = (x << 1) ^ (x & 128 ? 0x11d : 0);
}

function times(a: number, b: number): number {
    return a && b ? powers[powers.indexOf(a) + powers.indexOf(b)]! : 0;
}

/** The product of (x - 2^i): highest power first, the leading one left out. */
function generator(): number[] {
    let poly = [1];
    for (let i = 0; i < checkWords; i++) {
        const next = [...poly, 0];
        poly.forEach((one, at) => (next[at + 1]! ^= times(one, powers[i]!)));
        poly = next;
    }
    return poly.slice(1);
}

function check(data: number[]): number[] {
    const divisor = generator();
    let rest = Array<number>(checkWords).fill(0);
    for (const word of data) {
        const factor = word ^ rest[0]!;
        rest = [...rest.slice(1), 0].map((one, at) => one ^ times(divisor[at]!, factor));
    }
    return rest;
}

/** Byte mode: four bits of mode, eight of length, the bytes, and padding. */
function codewords(bytes: number[]): number[] {
    const nibbles = [4, bytes.length >> 4, bytes.length & 15];
    bytes.forEach((byte) => nibbles.push(byte >> 4, byte & 15));
    nibbles.push(0);
    const words: number[] = [];
    for (let i = 0; i < nibbles.length; i += 2) words.push((nibbles[i]! << 4) | nibbles[i + 1]!);
    for (let pad = 0xec; words.length < dataWords; pad ^= 0xec ^ 0x11) words.push(pad);
    return [...words, ...check(words)];
}

type Grid = (boolean | null)[][];

function square(grid: Grid, row: number, column: number, radius: number, dark: (distance: number) => boolean): void {
    for (let y = -radius; y <= radius; y++)
        for (let x = -radius; x <= radius; x++)
            if (grid[row + y] && grid[row + y]![column + x] !== undefined)
                grid[row + y]![column + x] = dark(Math.max(Math.abs(x), Math.abs(y)));
}

/** Level L (01) and mask 0, with their check bits. */
function format(grid: Grid): void {
    const level = 1 << 3;
    let rest = level;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((level << 10) | rest) ^ 0x5412;
    const put = (row: number, column: number, bit: number): void => {
        grid[row]![column] = ((bits >> bit) & 1) === 1;
    };
    for (let i = 0; i < 15; i++) {
        if (i < 8) put(i < 6 ? i : i + 1, 8, i);
        else put(8, i === 8 ? 7 : 14 - i, i);
        if (i < 8) put(8, size - 1 - i, i);
        else put(size - 15 + i, 8, i);
    }
    grid[size - 8]![8] = true;
}

function fixed(): Grid {
    const grid: Grid = Array.from({ length: size }, () => Array<boolean | null>(size).fill(null));
    for (let i = 0; i < size; i++) grid[6]![i] = grid[i]![6] = i % 2 === 0;
    for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]] as const)
        square(grid, row, column, 4, (distance) => distance !== 2 && distance !== 4);
    square(grid, 30, 30, 2, (distance) => distance !== 1);
    format(grid);
    return grid;
}

/** In pairs of columns from the right, up and down in turn, past the column of the timing. */
function way(): [number, number][] {
    const cells: [number, number][] = [];
    for (let right = size - 1; right >= 1; right -= 2) {
        if (right === 6) right = 5;
        const up = ((right + 1) & 2) === 0;
        for (let step = 0; step < size; step++) {
            const row = up ? size - 1 - step : step;
            cells.push([row, right], [row, right - 1]);
        }
    }
    return cells;
}

function fill(grid: Grid, words: number[]): void {
    const free = way().filter(([row, column]) => grid[row]![column] === null);
    free.forEach(([row, column], bit) => {
        const dark = ((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
        grid[row]![column] = (dark === 1) !== ((row + column) % 2 === 0); // mask 0
    });
}

/** True is dark. The text is ASCII of at most qrBytes characters. */
export function qr(text: string): boolean[][] {
    const grid = fixed();
    fill(grid, codewords(Array.from(text, (letter) => letter.charCodeAt(0))));
    return grid.map((row) => row.map((cell) => cell === true));
}
