// Draws the figures, narrower on a narrow screen; opens on paper what is folded on the screen.
"use strict";

const NARROW = 600;

const PANEL = 260;
const LONG = 36;
// Width of a sheet of paper between its margins.
const SHEET = 660;

function fitted(layout, width) {
  if (width >= NARROW) return layout;
  const small = structuredClone(layout);
  small.font = { ...small.font, size: 10 };
  small.margin = { ...small.margin, l: 44, r: 12 };
  small.legend = { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" };
  const panels = Object.keys(small).filter((name) => /^xaxis\d*$/.test(name)).length;
  for (const axis of ["xaxis", "yaxis"]) {
    const title = small[axis]?.title;
    if (title?.text?.length > LONG) title.text = halved(title.text);
  }
  if (panels > 1) stack(small, panels);
  return small;
}

// A long title on two lines, parted at the space nearest to its middle.
function halved(text) {
  const middle = text.length / 2;
  const spaces = [...text.matchAll(/ /g)].map((match) => match.index);
  if (!spaces.length) return text;
  const at = spaces.reduce((a, b) => (Math.abs(b - middle) < Math.abs(a - middle) ? b : a));
  return `${text.slice(0, at)}<br>${text.slice(at + 1)}`;
}

// Panels side by side become panels one above the other, each with its title.
function stack(layout, panels) {
  layout.height = PANEL * panels;
  for (let i = 0; i < panels; i += 1) {
    const end = i ? i + 1 : "";
    const top = 1 - i / panels;
    layout[`xaxis${end}`].domain = [0, 1];
    layout[`yaxis${end}`].domain = [top - 0.62 / panels, top - 0.06 / panels];
    if (layout.annotations?.[i]) Object.assign(layout.annotations[i], { x: 0.5, y: top - 0.06 / panels });
  }
}

function draw(box) {
  const data = document.getElementById(`${box.id}-data`);
  if (!data) return;
  const picture = JSON.parse(data.textContent);
  Plotly.newPlot(box, picture.data, fitted(picture.layout, box.clientWidth), CONFIG);
}

if (typeof Plotly !== "undefined") {
  document.querySelectorAll(".picture").forEach(draw);
}

function fitAll(width) {
  if (typeof Plotly === "undefined") return;
  const size = width ? { width, autosize: false } : { width: null, autosize: true };
  document.querySelectorAll(".picture").forEach((box) => Plotly.relayout(box, size));
}

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((each) => { each.open = true; });
  fitAll(SHEET);
});
window.addEventListener("afterprint", () => {
  opened.forEach((each) => { each.open = false; });
  fitAll(null);
});
