// Files as people give them in a consultation, and such as should not get through.
import { crc32, deflateSync } from "node:zlib";

const hex = (text) => Buffer.from(text.replace(/\s/g, ""), "hex");

const frame = 185;
// A red square of 16 pixels; `frame` is where its frame begins.
const square = hex(`ffd8ffe000104a46494600010200000100010000fffe00104c61766335392e33372e31303000ffdb0043000828282f282f373737373737413c414343
  434141414143434348484855555548484843434848505055555c5f5c575755575f5f646464787873738c8c91acaccfffc4004c000101000000000000
  000000000000000000060101010000000000000000000000000000060710010000000000000000000000000000000011010000000000000000000000
  0000000000ffc00011080010001003012200021100031100ffda000c03010002110311003f008b00517f7fffd9`);

/** @param filling  bytes of a comment, so that two pictures differ */
export function jpeg({ width = 16, height = 16, filling = "" } = {}) {
  const picture = Buffer.from(square);
  picture.writeUInt16BE(height, frame + 5);
  picture.writeUInt16BE(width, frame + 7);
  const comment = Buffer.alloc(4 + filling.length);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(2 + filling.length, 2);
  comment.write(filling, 4, "latin1");
  return Buffer.concat([picture.subarray(0, 2), filling ? comment : Buffer.alloc(0), picture.subarray(2)]);
}

const crcOf =
  crc32 ??
  ((bytes) => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  });

export function chunk(name, data) {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, "latin1");
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crcOf(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

const header = ({ width, height, bits = 8, colour = 2 }) => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = bits;
  data[9] = colour;
  return chunk("IHDR", data);
};
const begin = hex("89504e470d0a1a0a");
const end = chunk("IEND", Buffer.alloc(0));

/** @param more  chunks before the picture; @param pixels  false: only its header says how large it is */
export function png({ width = 4, height = 4, more = [], pixels = true } = {}) {
  const raw = Buffer.alloc(pixels ? height * (1 + 3 * width) : 10, 0x66);
  for (let line = 0; pixels && line < height; line++) raw[line * (1 + 3 * width)] = 0;
  return Buffer.concat([begin, header({ width, height }), ...more, chunk("IDAT", deflateSync(raw)), end]);
}

/** A PDF with a line of text on each page. */
export function pdf(lines = ["Contract", "Second page"]) {
  const kids = lines.map((_, at) => `${4 + 2 * at} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...lines.flatMap((line, at) => {
      const stream = `BT /F1 40 Tf 60 700 Td (${line}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * at} 0 R >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(`${text}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, "latin1");
}

const script = Buffer.from("<script>alert(1)</script>");
const zip = hex("504b0506000000000000000000000000000000000000");
const cmyk = (picture) => {
  const bytes = Buffer.from(picture);
  bytes[frame + 4] = 12; // bits a sample
  return bytes;
};

/** [what it is, its declared type, its bytes]: each must be refused with 415 or 413. */
export const hostilePapers = [
  ["a page of HTML", "image/jpeg", script],
  ["nothing", "image/png", Buffer.alloc(0)],
  ["nothing", "application/pdf", Buffer.alloc(0)],
  ["a PNG said to be a JPEG", "image/jpeg", png()],
  ["a JPEG said to be a PNG", "image/png", jpeg()],
  ["a JPEG said to be a PDF", "application/pdf", jpeg()],
  ["a JPEG cut off", "image/jpeg", jpeg().subarray(0, -1)],
  ["a JPEG cut off in its head", "image/jpeg", jpeg().subarray(0, 150)],
  ["a JPEG and an archive", "image/jpeg", Buffer.concat([jpeg(), zip])],
  ["a JPEG of twelve bits", "image/jpeg", cmyk(jpeg())],
  ["a JPEG without a frame", "image/jpeg", hex("ffd8ffe000024a46ffd9")],
  ["a JPEG of nothing", "image/jpeg", hex("ffd8ffd9")],
  ["a huge JPEG", "image/jpeg", jpeg({ width: 65535, height: 65535 })],
  ["a JPEG without height", "image/jpeg", jpeg({ height: 0 })],
  ["a PNG cut off", "image/png", png().subarray(0, -1)],
  ["a PNG and a script", "image/png", Buffer.concat([png(), script])],
  ["a PNG with a wrong checksum", "image/png", Buffer.concat([png().subarray(0, -1), Buffer.from([0])])],
  ["a PNG that moves", "image/png", png({ more: [chunk("acTL", Buffer.alloc(8))] })],
  ["a PNG with an unknown part", "image/png", png({ more: [chunk("XXXX", Buffer.alloc(8))] })],
  ["a huge PNG", "image/png", png({ width: 0x7fffffff, height: 0x7fffffff, pixels: false })],
  ["a PNG of many pixels", "image/png", png({ width: 8000, height: 8000, pixels: false })],
  ["a PNG without pixels", "image/png", Buffer.concat([begin, header({ width: 1, height: 1 }), end])],
  ["a PNG without a header", "image/png", Buffer.concat([begin, end])],
  ["a PDF behind something else", "application/pdf", Buffer.concat([script, pdf()])],
  ["a PDF with a tail", "application/pdf", Buffer.concat([pdf(), script])],
  ["a PDF cut off", "application/pdf", pdf().subarray(0, -8)],
  ["a PDF whose table is elsewhere", "application/pdf", Buffer.from(pdf().toString("latin1").replace(/startxref\n\d+/, "startxref\n7"), "latin1")],
  ["a PDF whose table is behind it", "application/pdf", Buffer.from(pdf().toString("latin1").replace(/startxref\n\d+/, "startxref\n9999999999"), "latin1")],
  ["a PDF that is also a JPEG", "image/jpeg", Buffer.concat([jpeg({ filling: "%PDF-1.4\n" }), pdf()])],
];
