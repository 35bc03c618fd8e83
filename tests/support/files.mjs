// What stands in files.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Every file below a folder that has this text in it, in either of the two ways that programs and browsers write texts.
export function filesWith(folder, text) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = all.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return names.filter((name) => ["utf8", "utf16le"].some((coding) => readFileSync(name).includes(Buffer.from(text, coding))));
}
