// A finished recording as people get it: ffprobe says what is in it, Chromium plays it from its middle.
import { execFile } from "node:child_process";
import { openSync, readSync, closeSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { openChromium } from "../browser/browsers.mjs";

const run = promisify(execFile);

async function probe(file, ...options) {
  const { stdout } = await run("ffprobe", ["-v", "error", "-of", "json", ...options, file]);
  return JSON.parse(stdout);
}

// {duration, codecs}: seconds as the file's head says them.
export async function contents(file) {
  const { format, streams } = await probe(file, "-show_format", "-show_streams");
  return { duration: Number(format.duration), codecs: streams.map((stream) => stream.codec_name).sort() };
}

// Seconds up to the last packet that can be read: an open file's head does not tell. 0 for none.
export async function written(file) {
  try {
    const { packets } = await probe(file, "-show_entries", "packet=pts_time");
    return packets.reduce((last, { pts_time }) => Math.max(last, Number(pts_time) || 0), 0);
  } catch {
    return 0; // not even a head yet
  }
}

function bytes(file, first, last) {
  const data = Buffer.alloc(last - first + 1);
  const fd = openSync(file, "r");
  readSync(fd, data, 0, data.length, first);
  closeSync(fd);
  return data;
}

// Ranges, as every web server has them: without them no browser seeks beyond what it has loaded.
function serve(file, request, response) {
  if (request.url !== "/film") {
    response.writeHead(200, { "content-type": "text/html" });
    return response.end('<video src="/film" muted preload="auto"></video>');
  }
  const { size } = statSync(file);
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [null, 0, ""];
  const [first, last] = [Number(from), to === "" ? size - 1 : Math.min(Number(to), size - 1)];
  if (first >= size) return response.writeHead(416).end();
  response.writeHead(206, {
    "content-type": "video/webm",
    "accept-ranges": "bytes",
    "content-range": `bytes ${first}-${last}/${size}`,
  });
  return response.end(bytes(file, first, last));
}

// In the page: goes to the middle and measures the picture there.
async function seek() {
  const video = document.querySelector("video");
  const event = (name) =>
    new Promise((done, fail) => {
      video.addEventListener(name, done, { once: true });
      video.addEventListener("error", () => fail(new Error(video.error?.message ?? "error")), { once: true });
      setTimeout(() => fail(new Error(`no ${name} within 10 s`)), 10000);
    });
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await event("loadeddata");
  const wanted = video.duration / 2;
  const seeked = event("seeked");
  video.currentTime = wanted;
  await seeked;
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 36);
  const pixels = context.getImageData(0, 0, 64, 36).data;
  let brightest = 0;
  for (let at = 0; at < pixels.length; at++) if (at % 4 !== 3) brightest = Math.max(brightest, pixels[at]);
  const ended = video.seekable.length ? video.seekable.end(video.seekable.length - 1) : 0;
  return { wanted, time: video.currentTime, duration: video.duration, seekable: ended, width: video.videoWidth, brightest };
}

export async function seekInChromium(file) {
  const server = createServer((request, response) => serve(file, request, response));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(seek);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
