// Draws the Vega-Lite pictures of a page, in the colours of the reader's theme. Without script, or if drawing fails, the table
// below stays open and holds the same figures.
"use strict";

(() => {
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  if (!figures.length) return;

  const DARK = {
    "#16212b": "#e8ecef",
    "#52606c": "#a3b0ba",
    "#64717d": "#8b98a2",
    "#e3e0d8": "#27313a",
    "#f2f0ea": "#27313a",
    "#0b6470": "#5cc3cf",
    "#9ccdd2": "#1d5f68",
    "#a83c22": "#f0906f",
    "#35618e": "#86b4e4",
    "#ffffff": "#0d1216",
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : system.matches;
  };
  const darken = (part) => {
    if (typeof part === "string") return DARK[part.toLowerCase()] ?? part;
    if (Array.isArray(part)) return part.map(darken);
    if (part && typeof part === "object") {
      return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, darken(value)]));
    }
    return part;
  };

  const fail = (figure) => {
    const words = document.createElement("p");
    words.className = "chart-failed";
    words.textContent = figure.dataset.failed;
    figure.querySelector(".chart-picture").replaceWith(words);
  };

  const draw = async (figure) => {
    const place = figure.querySelector(".chart-picture");
    if (!place) return;
    try {
      const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      if (place.clientWidth < 480) {
        // On a phone the labels give room to the picture.
        spec.config.axisY = { ...spec.config.axisY, labelLimit: 110 };
        spec.config.axisX = { ...spec.config.axisX, titleLimit: place.clientWidth - 130 };
        spec.config.legend = { ...spec.config.legend, columns: 1 };
      }
      const shown = isDark() ? { ...darken({ ...spec, data: null }), data: spec.data } : spec;
      await globalThis.vegaEmbed(place, shown, {
        ast: true,
        renderer: "svg",
        actions: false,
        defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
      });
      place.querySelector("svg")?.setAttribute("aria-hidden", "true"); // its name stands on the place, its figures in the table
      figure.querySelector("details")?.removeAttribute("open");
    } catch (error) {
      console.error(error);
      fail(figure);
    }
  };

  const start = async () => {
    try {
      await import(figures[0].dataset.vega);
    } catch (error) {
      console.error(error);
      figures.forEach(fail);
      return;
    }
    figures.forEach(draw);
    system.addEventListener("change", () => figures.forEach(draw));
  };
  start();
})();
