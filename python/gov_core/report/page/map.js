"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = new Map(data.areas.features.map((feature) => [feature.properties.id, feature]));
const number = new Intl.NumberFormat("zh-CN");
const STATUS = {
  routed: "已分派", out_of_area: "不在辖区", no_location: "缺少位置", bad_coordinate: "坐标有误", no_rule: "没有规则",
  unknown_place: "未知地点", unknown_matter: "未知事项", unknown_grade: "未知等级", unknown_asset: "未知部件类",
};
const LEVEL = { street: "街道", community: "社区", grid: "网格", district: "区", building: "楼栋" };
const at = (id) => document.getElementById(id);
const levelName = (level) => LEVEL[level] ?? level;
const status = (code) => STATUS[code] ?? code;
let map = null;
let selected = null;

function make(tag, text, parent) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}

function amount(count) {
  return count === null ? "–" : number.format(count);
}

function row(list, label, count, id, act) {
  const button = make("button", "", make("li", "", list));
  button.type = "button";
  make("span", label, button).title = label;
  make("b", amount(count), button);
  button.dataset.id = id;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", act);
}

function bounds(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (item) => {
    if (typeof item[0] === "number") {
      box[0] = Math.min(box[0], item[0]); box[1] = Math.min(box[1], item[1]);
      box[2] = Math.max(box[2], item[0]); box[3] = Math.max(box[3], item[1]);
    } else item.forEach(walk);
  };
  walk(geometry.coordinates);
  return box;
}

function fly(box, maxZoom) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  map?.fitBounds(box, { padding: 60, maxZoom, animate: !calm, duration: 600 });
}

function select(id, zoom) {
  if (selected !== null) map?.setFeatureState({ source: "areas", id: selected.index }, { selected: false });
  const feature = id === null ? null : byId.get(id);
  selected = feature === null ? null : feature.properties;
  at("detail").hidden = selected === null;
  document.querySelectorAll(".list button").forEach((button) => {
    button.setAttribute("aria-pressed", String(selected !== null && button.dataset.id === id));
  });
  if (selected === null) return;
  map?.setFeatureState({ source: "areas", id: selected.index }, { selected: true });
  at("detail-title").textContent = selected.name || selected.id;
  const facts = at("facts");
  facts.replaceChildren();
  const fact = (name, value) => { make("dt", name, facts); make("dd", value, facts); };
  fact(`${levelName(data.level)}编号`, selected.id);
  selected.above.forEach((place, depth) => fact(levelName(data.levels[depth]), data.names[place] || place));
  fact("事件数", amount(selected.n));
  fact("名次", selected.rank === null ? "–" : `${selected.rank} / ${byId.size}`);
  for (const [code, count] of Object.entries(selected.statuses)) fact(status(code), number.format(count));
  if (zoom) fly(bounds(feature.geometry), 15);
}

function tell() {
  at("name").textContent = data.name;
  const routed = data.statuses.find((entry) => entry.id === "routed")?.events ?? 0;
  at("summary").textContent = `${number.format(data.events)} 个事件,${number.format(routed)} 个已分派;` +
    `按${levelName(data.level)}着色,共 ${number.format(byId.size)} 个`;
  const notes = [];
  if (byId.size < data.grids) notes.push(`共 ${number.format(data.grids)} 个网格,合并为${levelName(data.level)}显示。`);
  if (data.tolerance_m) notes.push(`边界已为显示而简化,误差约 ${data.tolerance_m} 米。`);
  if (data.smallest > 1) notes.push(`少于 ${data.smallest} 的数目，以及会使其可推算的，不显示（–）。`);
  at("note").textContent = notes.join("");
  at("busy-title").textContent = `事件最多的${levelName(data.level)}`;
  at("streets-title").textContent = data.levels.length > 1 ? levelName(data.levels[0]) : "";
  for (const [colour, label] of [...data.legend].reverse()) {
    const item = make("li", "", at("legend"));
    make("i", "", item).style.background = colour;
    make("span", label, item);
  }
  const ranked = [...byId.values()].sort((a, b) => (a.properties.rank ?? Infinity) - (b.properties.rank ?? Infinity));
  for (const { properties } of ranked.slice(0, 10)) {
    row(at("busy"), `${properties.id} ${properties.name}`, properties.n, properties.id, () => select(properties.id, true));
  }
  for (const street of data.streets.slice(0, 20)) {
    row(at("streets"), `${street.id} ${street.name}`, street.events, `street:${street.id}`, () => fly(street.box, 14));
  }
  for (const entry of data.statuses) {
    const line = make("tr", "", at("statuses").tBodies[0]);
    make("td", status(entry.id), line);
    make("td", number.format(entry.events), line);
  }
  at("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    at("found").replaceChildren();
    if (!wanted) return;
    const hits = ranked.filter(({ properties: p }) => `${p.id} ${p.name}`.toLowerCase().includes(wanted));
    for (const { properties: p } of hits.slice(0, 8)) {
      row(at("found"), `${p.id} ${p.name}`, p.n, p.id, () => select(p.id, true));
    }
    if (!hits.length) make("li", "没有找到", at("found"));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") select(null); });
}

function layers() {
  const text = { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-padding": 4 };
  const halo = { "text-color": "#2b2622", "text-halo-color": "#fffdfa", "text-halo-width": 1.6 };
  const state = (name, yes, no) => ["case", ["boolean", ["feature-state", name], false], yes, no];
  return [
    { id: "ground", type: "background", paint: { "background-color": "#f6f3ee" } },
    { id: "areas", type: "fill", source: "areas",
      paint: { "fill-color": ["get", "colour"], "fill-opacity": state("hover", 0.78, 1), "fill-antialias": false } },
    { id: "area-lines", type: "line", source: "areas",
      paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.1, 11, 0.6, 15, 1.4] } },
    ...data.lines.map((_, depth) => ({
      id: `lines-${depth}`, type: "line", source: `lines-${depth}`, layout: { "line-join": "round" },
      paint: { "line-color": "#2b2622", "line-opacity": depth ? 0.5 : 0.9,
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, depth ? 0.1 : 0.4, 11, depth ? 0.7 : 1.6, 15, depth ? 1.6 : 3] },
    })),
    { id: "hover", type: "line", source: "areas",
      paint: { "line-color": "#2b2622", "line-width": 2, "line-opacity": state("hover", 1, 0) } },
    { id: "selected", type: "line", source: "areas",
      paint: { "line-color": "#1d4f91", "line-width": 4, "line-opacity": state("selected", 1, 0) } },
    { id: "area-names", type: "symbol", source: "area-points", minzoom: data.label_zoom,
      layout: { ...text, "text-size": 11 }, paint: halo },
    { id: "street-names", type: "symbol", source: "street-points", maxzoom: data.label_zoom + 2,
      layout: { ...text, "text-size": 14, "symbol-sort-key": ["-", ["get", "events"]] },
      paint: { ...halo, "text-halo-width": 2 } },
  ];
}

function draw() {
  const geojson = (features) => ({ type: "geojson", data: features, tolerance: 0.2 });
  const sources = { areas: { ...geojson(data.areas), promoteId: "index" }, "area-points": geojson(data.area_points), "street-points": geojson(data.street_points) };
  data.lines.forEach((line, depth) => { sources[`lines-${depth}`] = geojson(line); });
  map = new maplibregl.Map({
    container: "map", style: { version: 8, sources, layers: layers() }, bounds: data.box,
    fitBoundsOptions: { padding: 30 }, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    touchPitch: false, maxPitch: 0, renderWorldCopies: false, fadeDuration: 0,
    locale: { "Map.Title": "地图", "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小" },
  });
  window.map = map;
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  map.once("idle", () => { document.body.dataset.drawn = "yes"; });
  let hovered = null;
  const hover = (index) => {
    if (hovered !== null) map.setFeatureState({ source: "areas", id: hovered }, { hover: false });
    hovered = index;
    if (hovered !== null) map.setFeatureState({ source: "areas", id: hovered }, { hover: true });
  };
  map.on("mousemove", "areas", ({ features, originalEvent }) => {
    const { id } = features[0].properties;
    const { properties } = byId.get(id);
    if (hovered !== properties.index) hover(properties.index);
    const tip = at("tip");
    tip.replaceChildren();
    make("b", properties.name || id, tip);
    make("div", [id, ...properties.above.map((place) => data.names[place] || place)].join(" · "), tip);
    make("div", `${amount(properties.n)} 个事件`, tip);
    tip.style.left = `${Math.min(originalEvent.clientX + 14, innerWidth - 270)}px`;
    tip.style.top = `${Math.min(originalEvent.clientY + 14, innerHeight - 90)}px`;
    tip.hidden = false;
    map.getCanvas().style.cursor = "pointer";
  });
  map.on("mouseleave", "areas", () => { hover(null); at("tip").hidden = true; map.getCanvas().style.cursor = ""; });
  map.on("click", (event) => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["areas"] });
    select(feature ? feature.properties.id : null, false);
  });
}

tell();
try {
  draw();
} catch (error) {
  at("map").className = "failed";
  at("map").textContent = `此浏览器无法显示地图(需要 WebGL):${error.message}`;
}
