// Papers for the mock: a page with lines like those of a contract, and what is said of it.
import { crc32, deflateSync } from "node:zlib";

const [width, height] = [620, 877];

function chunk(name, data) {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length, 0);
    bytes.write(name, 4, "latin1");
    data.copy(bytes, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
}

/** Dark where letters would be. */
function isInk(x, y) {
    if (y > 60 && y < 90) return x > 230 && x < 390 && x % 40 < 34;
    const line = (y - 130) % 26;
    return y > 130 && y < 820 && line >= 0 && line < 13 && x > 70 && x < 550 && (x * 7 + y * 3) % 15 > 4 && x % 17 < 14;
}

export function picture() {
    const rows = Buffer.alloc(height * (width + 1), 255);
    for (let y = 0; y < height; y++) {
        rows[y * (width + 1)] = 0;
        for (let x = 0; x < width; x++) if (isInk(x, y)) rows[y * (width + 1) + 1 + x] = 40;
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header[8] = 8;
    return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

const about = { bytes: 90000, sha256: "0".repeat(64) };
const file = { n: 3, type: "application/pdf", name: "买买提·吐尔逊 劳动合同.pdf", by: "lawyer", pages: 4, kept: true, ...about };
const page = { n: 4, type: "image/jpeg", name: file.name, by: "lawyer", of: 3, page: 2, ...about };
const still = { n: 1, type: "image/jpeg", name: "", by: "booth", ...about };
export const circle = Array.from({ length: 25 }, (_, i) => [Math.round(5000 + 2600 * Math.cos(i / 3.9)), Math.round(3300 + 500 * Math.sin(i / 3.9))]).flat();
export const noPapers = { consultation: "c-1", may: "draw", shown: 0, strokes: [], papers: [] };
export const shown = (n, strokes = []) => ({ consultation: "c-1", may: "draw", shown: n, strokes, papers: [still, { ...file, kept: n === 1 }, page] });
