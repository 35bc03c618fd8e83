// Waits for a condition instead of a time: what it is in the end, or an error that says `what` did not come. The limit only
// bounds a failure, however busy the machine is; a test that asserts a time says so by `seconds`.
export async function until(what, condition, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((go) => setTimeout(go, 25));
  }
}
