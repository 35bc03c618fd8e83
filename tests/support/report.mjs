// Tests as a list of named functions, reported line by line for tests/run.mjs.

export async function report(tests) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok - ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok - ${name}\n${String(error.stack ?? error).replace(/^/gm, "    ")}`);
    }
  }
  return failed;
}
