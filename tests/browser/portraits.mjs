// Drawn people for pictures of the pages: nobody's photograph is needed.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { openChromium } from "./browsers.mjs";

const looks = {
  resident: { wall: "#d9a27f", glow: "#ecc5a5", skin: "#e2b48f", hair: "#c9c4bd", coat: "#7d3f34", extra: "" },
  lawyer: {
    wall: "#3f5f86",
    glow: "#5d80ab",
    skin: "#edc3a0",
    hair: "#2b221e",
    coat: "#1f2a3c",
    extra: '<path d="M600 560 L640 640 L680 560 Z" fill="#f7f4ee"/><path d="M632 580 h16 l10 130 h-36 z" fill="#8f2b2b"/>',
  },
};

const draw = ({ wall, glow, skin, hair, coat, extra }) => `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">
<rect width="1280" height="720" fill="${wall}"/><circle cx="640" cy="330" r="420" fill="${glow}"/>
<path d="M300 720 C320 590 450 545 560 530 L720 530 C830 545 960 590 980 720 Z" fill="${coat}"/>
<rect x="585" y="450" width="110" height="120" rx="50" fill="${skin}"/>${extra}
<ellipse cx="640" cy="330" rx="135" ry="165" fill="${skin}"/>
<path d="M495 330 C480 170 560 130 640 130 C720 130 800 170 785 330 C770 260 730 235 640 235 C550 235 510 260 495 330 Z" fill="${hair}"/>
<g fill="#33261f"><circle cx="588" cy="335" r="12"/><circle cx="692" cy="335" r="12"/></g>
<path d="M585 415 Q640 460 695 415" stroke="#8a4b3d" stroke-width="10" fill="none" stroke-linecap="round"/></svg>`;

// Chromium's arguments for a camera that shows this person and a microphone with the usual tone.
export async function portrait(who, microphone) {
  const directory = resolve("build/tests/media");
  const file = `${directory}/${who}-portrait`;
  mkdirSync(directory, { recursive: true });
  const browser = await openChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(`<style>body{margin:0}</style>${draw(looks[who])}`);
  await page.screenshot({ path: `${file}.png` });
  await browser.close();
  // A slow nod, so that it is a moving picture.
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-loop", "1", "-i", `${file}.png`, "-vf",
    "crop=1240:698:20:'11+8*sin(t*2)',scale=1280:720", "-t", "3", "-r", "10", "-pix_fmt", "yuv420p", `${file}.y4m`]);
  return [`--use-file-for-fake-video-capture=${file}.y4m`, microphone];
}
