// A lawyer chooses a photo on his account page, whatever its size; the booth shows it before and while they talk.
import assert from "node:assert/strict";
import { at, inState } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";

const onFront = `.on-duty ${at("photo")}`;
const size = (image) => [image.naturalWidth, image.naturalHeight];

// Counts photos in the place of the lawyer's picture.
const watch = () => {
  const seen = new Set();
  const look = () => {
    for (const one of document.querySelectorAll(".before [data-test=photo]")) seen.add(one);
    window.photosBefore = seen.size;
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

export async function photo() {
  const clinic = await Clinic.open({ watch });
  const { booth, lawyer, gateway } = clinic;
  const choose = async (name, mimeType, buffer) => lawyer.setInputFiles(at("choose-photo"), { name, mimeType, buffer });
  try {
    assert.equal(await booth.locator(onFront).count(), 0);
    await lawyer.goto(`${gateway.url}/account`);
    await choose("me.png", "image/png", await booth.screenshot({ type: "png" })); // 1080 x 1920, and far too large
    await lawyer.waitForSelector(at("remove-photo"));
    assert.deepEqual(await booth.locator(onFront).evaluate(size), [480, 480]);
    await choose("me.jpg", "image/jpeg", Buffer.from("no picture at all"));
    await lawyer.waitForSelector(at("wrong-photo"));
    assert.equal(await lawyer.locator(at("remove-photo")).count(), 1, "the one before stays");

    await lawyer.goto(`${gateway.url}/lawyer`);
    await inState(lawyer, "idle");
    await clinic.meet();
    assert.equal(await booth.evaluate(() => window.photosBefore), 1, "and until he is seen himself");
    await lawyer.click(at("end"));
    await lawyer.click(at("confirm-yes"));
    await booth.click(at("score-5"));
    await inState(booth, "attract");
    await lawyer.goto(`${gateway.url}/account`);
    await lawyer.click(at("remove-photo"));
    await booth.locator(onFront).waitFor({ state: "detached" });
    assert.deepEqual(booth.faults, []);
  } finally {
    await clinic.close();
  }
}
