// What access.mjs asks inside a page. Each function is sent there as it stands: nothing from outside is known to it.

// Every control that can be used now, with a number in the page's order. Marks them with it.
export function controls() {
  for (const one of document.querySelectorAll("[data-stop]")) delete one.dataset.stop; // at another size others may count
  const usable = "button, a[href], input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  const question = document.querySelector("[aria-modal=true]"); // nothing behind it counts
  const all = [...(question ?? document).querySelectorAll(usable)].filter((one) => {
    const box = one.getBoundingClientRect();
    return !one.disabled && one.tabIndex >= 0 && box.width > 0 && box.height > 0 && getComputedStyle(one).visibility === "visible";
  });
  // A group of radio buttons is one stop.
  const stops = all.filter((one) => one.type !== "radio" || one.checked || !all.some((other) => other !== one && other.name === one.name && other.checked));
  stops.forEach((one, i) => (one.dataset.stop = i));
  return stops.map((one, id) => ({ id, name: (one.dataset.test ?? one.textContent.replace(/\s+/g, " ").trim().slice(0, 30)) || one.tagName }));
}

// Tab begins at the top, or where a question put it.
export function mark() {
  const question = document.querySelector("[aria-modal=true]");
  if (question) return question.focus();
  const start = document.createElement("span");
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
}

// What has the focus, and whether it can be seen: an outline, its own or its label's.
export function focused() {
  const one = document.activeElement;
  const question = document.querySelector("[aria-modal=true]");
  if (!one || one === document.body || one === question) return { id: null, name: "the page", ring: true };
  if (question && !question.contains(one)) return { id: null, name: `${one.outerHTML.slice(0, 80)}, behind a question`, ring: false };
  const ringOf = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const label = one.closest("label");
  const id = one.dataset.stop === undefined ? null : Number(one.dataset.stop);
  return { id, name: one.dataset.test ?? one.outerHTML.slice(0, 80), ring: ringOf(one) || (label !== null && ringOf(label)) };
}

export function targets({ target }) {
  const areaOf = (one) => one.closest("label") && /checkbox|radio|file/.test(one.type) ? one.closest("label") : one;
  return [...document.querySelectorAll("button, a[href], input, select, textarea")]
    .filter((one) => getComputedStyle(one).visibility === "visible")
    .map((one) => [areaOf(one).getBoundingClientRect(), one])
    .filter(([box]) => box.width > 0 && box.height > 0 && (box.width < target - 0.5 || box.height < target - 0.5))
    .map(([box, one]) => `target ${Math.round(box.width)}x${Math.round(box.height)}, not ${target}: ${one.dataset.test ?? one.textContent.trim()}`);
}

export function letters({ letter, title }) {
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    const text = node.textContent.trim();
    if (!text || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(one.tagName) || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    if (style.visibility !== "visible" || one.closest("[aria-hidden=true]")) continue;
    const size = parseFloat(style.fontSize);
    const line = style.lineHeight === "normal" ? 1.2 : parseFloat(style.lineHeight) / size;
    if (size < letter) faults.push(`letters of ${size} px, not ${letter}: ${text.slice(0, 30)}`);
    if (one.closest("h1") && size < title) faults.push(`a title of ${size} px, not ${title}: ${text.slice(0, 30)}`);
    const lines = one.getClientRects().length > 1 || one.getBoundingClientRect().height > 1.9 * size * line;
    if (lines && line < 1.295) faults.push(`lines ${line.toFixed(2)} apart, not 1.3: ${text.slice(0, 30)}`);
  }
  return faults;
}

// Whatever can be pressed can be brought under the finger: nothing lies over it, nothing cuts it off.
export function outOfReach() {
  const top = document.scrollingElement.scrollTop;
  const question = document.querySelector("[aria-modal=true]");
  const faults = [...(question ?? document).querySelectorAll("button, a[href], input, select, textarea")]
    .filter((one) => !one.disabled && one.getClientRects().length && getComputedStyle(one).opacity !== "0")
    .filter((one) => {
      one.scrollIntoView({ block: "center", inline: "center" });
      const box = one.getBoundingClientRect();
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return !(at && (one.contains(at) || at.contains(one) || at.closest("label")?.contains(one)));
    })
    .map((one) => `something lies over: ${one.dataset.test ?? one.textContent.trim()}`);
  document.scrollingElement.scrollTop = top;
  return faults;
}

// Enlarged or narrow: nothing goes sideways but tables in a frame of their own, no words are cut. A watermark is to be cut:
// it goes over the edges of its picture.
export function cut() {
  const marks = [...document.querySelectorAll(".watermark")];
  for (const mark of marks) mark.style.display = "none";
  const faults = document.documentElement.scrollWidth > window.innerWidth + 1 ? ["scrolls sideways"] : [];
  const wide = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.right > window.innerWidth + 1 && !one.closest(".table, .strip, svg, video") && getComputedStyle(one).position !== "fixed";
  });
  const hidden = [...document.querySelectorAll("body *")].filter((one) => {
    const style = getComputedStyle(one);
    return style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1 && one.textContent.trim() && !one.closest("video, svg");
  });
  for (const mark of marks) mark.style.display = "";
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className} ${one.textContent.replace(/\s+/g, " ").trim().slice(0, 30)}`;
  return [...faults, ...wide.slice(0, 3).map((one) => `over the edge: ${name(one)}`), ...hidden.map((one) => `cut off: ${name(one)}`)];
}
