// What any page of ours must keep, checked in the page itself. Each returns a list of faults.
const visible = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

const colour = (text) => {
  const parts = text.match(/[\d.]+/g).map(Number);
  return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
};

const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => {
    const share = v / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const over = (top, below) => below.map((v, i) => top.rgb[i] * top.alpha + v * (1 - top.alpha));

const background = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(colour(getComputedStyle(at).backgroundColor));
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  return layers.reverse().reduce((below, layer) => over(layer, below), canvas);
};

const contrast = () => {
  const faults = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !visible(element) || element.closest("script, style, title, desc, .skip")) continue;
    const style = getComputedStyle(element);
    const ink = colour(element instanceof SVGElement ? style.fill : style.color);
    const under = background(element);
    const [light, dark] = [luminance(over(ink, under)), luminance(under)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    seen += 1;
    if (ratio < (large ? 3 : 4.5)) faults.add(`${ratio.toFixed(2)}: ${element.className.baseVal ?? element.className} "${node.data.trim().slice(0, 30)}"`);
  }
  return seen > 100 ? [...faults] : [`only ${seen} texts were seen`];
};

const structure = () => {
  const faults = [];
  if (!document.documentElement.lang) faults.push("no language");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`h${next} after h${level}: ${heading.textContent}`);
    if (!heading.textContent.trim()) faults.push("an empty heading");
    level = next;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) faults.push("an id stands twice");
  for (const element of document.querySelectorAll("[aria-labelledby]"))
    for (const id of element.getAttribute("aria-labelledby").split(" "))
      if (!document.getElementById(id)?.textContent.trim()) faults.push(`nothing has the id ${id}`);
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent.trim()) faults.push("a table without a caption");
    for (const head of table.querySelectorAll("th")) if (!head.scope) faults.push(`no scope: ${head.textContent}`);
    for (const row of table.tBodies[0].rows) if (!row.querySelector("th")) faults.push("a row without a head");
    const width = table.tHead.rows[0].cells.length;
    for (const body of table.tBodies) {
      let held = 0;
      for (const row of body.rows) {
        let cells = 0;
        for (const cell of row.cells) { cells += cell.colSpan; if (cell.rowSpan > 1) held = 1; }
        if (cells !== width && cells + held !== width) faults.push(`${cells} cells under ${width} heads`);
      }
    }
  }
  for (const image of document.querySelectorAll("svg"))
    if (image.getAttribute("aria-hidden") !== "true" && (!image.querySelector(":scope > title")?.textContent || !image.querySelector(":scope > desc")?.textContent))
      faults.push("a chart without a text");
  for (const input of document.querySelectorAll("input, button, a, summary"))
    if (!(input.getAttribute("aria-label") || input.textContent).trim()) faults.push(`no name: ${input.outerHTML}`);
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.hash.slice(1))) faults.push(`leads nowhere: ${link.hash}`);
  for (const region of document.querySelectorAll(".scroll"))
    if (region.tabIndex !== 0 || !region.getAttribute("aria-label")) faults.push("a region that keys cannot scroll");
  return faults;
};

return { contrast, structure }[arguments[0]]();
