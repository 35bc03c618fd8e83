// Tests as a list of named functions, reported line by line for tests/run.mjs.

export async function report(tests) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    const began = Date.now();
    try {
      await test();
      console.log(`ok - ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(`not ok - ${name}\n${String(error.stack ?? error).replace(/^/gm, "    ")}`);
    }
  }
  return failed;
}
