// Draws the figures, narrower on a narrow screen; opens on paper what is folded on the screen.
"use strict";

const NARROW = 600;

function fitted(layout, width) {
  if (width >= NARROW) return layout;
  const small = structuredClone(layout);
  small.font = { ...small.font, size: 10 };
  small.margin = { ...small.margin, l: 44, r: 12 };
  small.legend = { ...small.legend, orientation: "h", x: 0, xanchor: "left", y: -0.25, yanchor: "top" };
  return small;
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

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((each) => { each.open = true; });
});
window.addEventListener("afterprint", () => {
  opened.forEach((each) => { each.open = false; });
});
