// Fake cameras and microphones: a colour of its own with a white bar that moves, and a tone of its own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";

const directory = resolve("build/tests/media");

export const people = {
  resident: { colour: "red", hertz: 440 },
  lawyer: { colour: "blue", hertz: 1250 },
};

export function fakeMedia(who) {
  const { colour, hertz } = people[who];
  const video = `${directory}/${who}.y4m`;
  const audio = `${directory}/${who}.wav`;
  mkdirSync(directory, { recursive: true });
  const make = (...args) => execFileSync("ffmpeg", ["-loglevel", "error", "-y", ...args]);
  if (!existsSync(video))
    make("-f", "lavfi", "-i", `color=${colour}:size=640x360:rate=15`, "-f", "lavfi", "-i", "color=white:size=80x360:rate=15",
      "-filter_complex", "overlay=x='mod(t*160,560)':y=0", "-t", "3.5", "-pix_fmt", "yuv420p", video);
  if (!existsSync(audio)) make("-f", "lavfi", "-i", `sine=frequency=${hertz}:sample_rate=48000:duration=5`, "-af", "volume=4", audio);
  return [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}`];
}

// Is this measured picture and sound that person's?
export function isThe(who, seen) {
  const [red, , blue] = seen.colour;
  const right = people[who].colour === "red" ? red > blue + 60 : blue > red + 60;
  return right && Math.abs(seen.tone - people[who].hertz) < 20;
}
