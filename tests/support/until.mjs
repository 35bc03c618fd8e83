// Waits for a condition instead of a time: what it is in the end, or an error that says `what` did not come.
export async function until(what, condition, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((go) => setTimeout(go, 25));
  }
}
